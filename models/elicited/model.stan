// Conflict levels of pairs of goals as Beta distributions that stand for what somebody stated, and
// the misalignment of a population whose shares are known.
data {
  int<lower=1> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  vector<lower=0>[P] a;                            // parameters of the Beta distributions
  vector<lower=0>[P] b;
  simplex[K] shares;
}
parameters {
  vector<lower=0, upper=1>[P] level;
}
model {
  level ~ beta(a, b);
}
generated quantities {
  real misalignment = 0;
  for (k in 1 : P) {
    misalignment += 2 * shares[pair[k, 1]] * shares[pair[k, 2]] * level[k];
  }
}
