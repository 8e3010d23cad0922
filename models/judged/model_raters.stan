// Conflict levels of pairs of goals from yes or no judgements by named raters, who differ in severity
// and lapse now and then, and the misalignment of a population whose shares are known. Severities are
// normal variates less their mean; a level is a mean over the raters who might have been asked.
data {
  int<lower=1> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  int<lower=2> R;                                  // raters
  int<lower=1> N;                                  // judgements
  array[N] int<lower=1, upper=P> judged;           // which pair
  array[N] int<lower=1, upper=R> rater;
  array[N] int<lower=0, upper=1> yes;              // whether they conflict
  real<lower=0> prior_yes;
  real<lower=0> prior_no;
  real<lower=0> prior_severity;
  real<lower=0, upper=1> prior_lapse;
  real<lower=0> prior_lapse_common;
  real<lower=0> prior_lapse_spread;
  simplex[K] shares;
  int<lower=1> Q;                                  // places of a quadrature over N(0, 1)
  vector[Q] node;
  vector<lower=0>[Q] weight;
}
parameters {
  vector<lower=0, upper=1>[P] average;             // P(yes) of the average rater who was asked
  real<lower=0> severity_sd;
  vector[R] z_severity;
  real z_unseen;
  real lapse_location;
  real<lower=0> lapse_sd;
  vector[R] z_lapse;
}
transformed parameters {
  vector[R] severity = severity_sd * (z_severity - mean(z_severity));
  vector[R] lapse_log_odds = lapse_location + lapse_sd * z_lapse;
  vector[R] lapse = inv_logit(lapse_log_odds);
}
model {
  average ~ beta(prior_yes, prior_no);
  severity_sd ~ normal(0, prior_severity);
  z_severity ~ std_normal();
  z_unseen ~ std_normal();
  lapse_location ~ normal(logit(prior_lapse), prior_lapse_common);
  lapse_sd ~ normal(0, prior_lapse_spread);
  z_lapse ~ std_normal();
  for (n in 1 : N) {
    real attentive = inv_logit(logit(average[judged[n]]) + severity[rater[n]]);
    yes[n] ~ bernoulli(0.5 * lapse[rater[n]] + (1 - lapse[rater[n]]) * attentive);
  }
}
generated quantities {
  vector[P] level = rep_vector(0, P);
  real severity_shift = severity_sd * z_unseen / sqrt(R);
  real misalignment = 0;
  for (p in 1 : P) {
    for (q in 1 : Q) {
      level[p] += weight[q] * inv_logit(logit(average[p]) + severity_shift + severity_sd * node[q]);
    }
    misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * level[p];
  }
}
