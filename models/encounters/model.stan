// Conflict levels of pairs of goals from encounters of agents whose goals are known, and the
// misalignment of a population whose shares are known. Holders of one goal may be in conflict with
// each other, over something else.
data {
  int<lower=1> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  array[P] int<lower=0> yes;                       // encounters of a pair with conflict
  array[P] int<lower=0> no;                        // and without
  array[K] int<lower=0> same_yes;                  // encounters of holders of one goal with conflict
  array[K] int<lower=0> same_no;                   // and without
  real<lower=0> prior_yes;
  real<lower=0> prior_no;
  real<lower=0> prior_background_yes;
  real<lower=0> prior_background_no;
  simplex[K] shares;
}
transformed data {
  array[P] int met;
  array[K] int same;
  for (p in 1 : P) {
    met[p] = yes[p] + no[p];
  }
  for (k in 1 : K) {
    same[k] = same_yes[k] + same_no[k];
  }
}
parameters {
  vector<lower=0, upper=1>[P] level;
  vector<lower=0, upper=1>[K] background;
}
model {
  level ~ beta(prior_yes, prior_no);
  background ~ beta(prior_background_yes, prior_background_no);
  same_yes ~ binomial(same, background);
  for (p in 1 : P) {
    real peace = sqrt((1 - background[pair[p, 1]]) * (1 - background[pair[p, 2]]));
    yes[p] ~ binomial(met[p], 1 - (1 - level[p]) * peace);
  }
}
generated quantities {
  real misalignment = 0;
  for (p in 1 : P) {
    misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * level[p];
  }
}
