// Encounters of agents whose goals are seen through labels by raters of known error rates: shares,
// conflict levels and backgrounds together. Agents are listed so that whoever is met by one agent
// only, and has not been listed, comes before that agent: the goals are summed out one by one.
data {
  int<lower=2> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  int<lower=1> N;                                  // agents of unknown goals
  matrix[N, K] label;                              // log P(labels of the agent | goal)
  array[N] int<lower=0, upper=N> met;              // agent listed later whom this one met, or 0
  array[N] int<lower=0> met_yes;                   // encounters with it, with conflict
  array[N] int<lower=0> met_no;                    // and without
  array[N, K] int<lower=0> known_yes;              // encounters with agents of known goals
  array[N, K] int<lower=0> known_no;
  array[K, K] int<lower=0> seen_yes;               // encounters of two known goals
  array[K, K] int<lower=0> seen_no;
  real<lower=0> prior_yes;
  real<lower=0> prior_no;
  real<lower=0> prior_background_yes;
  real<lower=0> prior_background_no;
}
parameters {
  real<lower=0, upper=1> index;                    // A / (1 + A)
  simplex[K] proportion;
  vector<lower=0, upper=1>[P] level;
  vector<lower=0, upper=1>[K] background;
}
transformed parameters {
  matrix[K, K] conflict = rep_matrix(0, K, K);
  matrix[K, K] seen;                               // probability of being seen in conflict
  for (p in 1 : P) {
    conflict[pair[p, 1], pair[p, 2]] = level[p];
    conflict[pair[p, 2], pair[p, 1]] = level[p];
  }
  for (i in 1 : K) {
    for (j in 1 : K) {
      seen[i, j] = 1 - (1 - conflict[i, j]) * sqrt((1 - background[i]) * (1 - background[j]));
    }
  }
}
model {
  array[N] vector[K] inside;
  proportion ~ dirichlet(rep_vector(index / (1 - index) / K, K));
  level ~ beta(prior_yes, prior_no);
  background ~ beta(prior_background_yes, prior_background_no);
  for (n in 1 : N) {
    inside[n] = log(proportion) + label[n]';
    for (i in 1 : K) {
      for (j in 1 : K) {
        inside[n][i] += binomial_lpmf(known_yes[n, j] | known_yes[n, j] + known_no[n, j], seen[i, j]);
      }
    }
  }
  for (n in 1 : N) {
    if (met[n] == 0) {
      target += log_sum_exp(inside[n]);
    } else {
      for (i in 1 : K) {
        vector[K] each = inside[n];
        for (j in 1 : K) {
          each[j] += binomial_lpmf(met_yes[n] | met_yes[n] + met_no[n], seen[j, i]);
        }
        inside[met[n]][i] += log_sum_exp(each);
      }
    }
  }
  for (i in 1 : K) {
    for (j in i : K) {
      seen_yes[i, j] ~ binomial(seen_yes[i, j] + seen_no[i, j], seen[i, j]);
    }
  }
}
generated quantities {
  real misalignment = proportion' * conflict * proportion;
}
