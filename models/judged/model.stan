// Conflict levels of pairs of goals from yes or no judgements, and the misalignment of a population
// whose shares are known.
data {
  int<lower=1> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  array[P] int<lower=0> yes;                       // judgements that they conflict
  array[P] int<lower=0> no;                        // judgements that they do not
  real<lower=0> prior_yes;
  real<lower=0> prior_no;
  simplex[K] shares;
}
transformed data {
  array[P] int judgements;
  for (k in 1 : P) {
    judgements[k] = yes[k] + no[k];
  }
}
parameters {
  vector<lower=0, upper=1>[P] level;
}
model {
  level ~ beta(prior_yes, prior_no);
  yes ~ binomial(judgements, level);
}
generated quantities {
  real misalignment = 0;
  for (k in 1 : P) {
    misalignment += 2 * shares[pair[k, 1]] * shares[pair[k, 2]] * level[k];
  }
}
