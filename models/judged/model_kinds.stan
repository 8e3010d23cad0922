// Conflict levels of pairs of goals from yes or no judgements by raters of several kinds, the first of
// which defines the level, and the misalignment of a population whose shares are known. Another kind
// sees the log-odds of the first stretched and shifted, with something of its own in each pair, half of
// whose variance comes from the two goals. Means are over the pairs that were judged; effects of raters
// are normal variates less the mean of their kind. Raters lapse now and then, and some kinds were asked
// again.
data {
  int<lower=4> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals, all of them
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  int<lower=2> G;                                  // kinds of raters
  int<lower=2> R;                                  // raters
  array[R] int<lower=1, upper=G> kind;
  int<lower=1> N;                                  // raters and pairs
  array[N] int<lower=1, upper=P> judged;           // which pair
  array[N] int<lower=1, upper=R> rater;
  array[N] int<lower=0> yes;                       // judgements that they conflict
  array[N] int<lower=0> no;                        // judgements that they do not
  array[G] int<lower=0, upper=1> again;            // whether raters see in a pair what others do not
  real<lower=0> prior_yes;
  real<lower=0> prior_no;
  real<lower=0> prior_severity;
  real<lower=0, upper=1> prior_lapse;
  real<lower=0> prior_lapse_common;
  real<lower=0> prior_lapse_spread;
  real<lower=0> prior_again;
  real<lower=0> prior_location;
  real<lower=0> prior_slope;
  real<lower=0> prior_disagreement;
  simplex[K] shares;
  int<lower=1> Q;                                  // places of a quadrature over N(0, 1)
  vector[Q] node;
  vector<lower=0>[Q] weight;
}
transformed data {
  matrix[P, K] belongs = rep_matrix(0, P, K);
  matrix[P, P] rest;                               // what no sums of two goals' numbers explain
  vector[P] mean_of_judged = rep_vector(0, P);     // weights of the mean over judged pairs
  matrix[R, R] within = identity_matrix(R);        // less the mean of the raters of each kind
  int first = 0;                                   // raters of the kind that defines the level
  for (p in 1 : P) {
    belongs[p, pair[p, 1]] = 1;
    belongs[p, pair[p, 2]] = 1;
  }
  rest = identity_matrix(P) - belongs * inverse_spd(crossprod(belongs)) * belongs';
  for (n in 1 : N) {
    mean_of_judged[judged[n]] = 1;
  }
  mean_of_judged /= sum(mean_of_judged);
  for (r in 1 : R) {
    int alike = 0;
    for (s in 1 : R) {
      alike += kind[s] == kind[r];
    }
    for (s in 1 : R) {
      if (kind[s] == kind[r]) {
        within[r, s] -= 1.0 / alike;
      }
    }
    first += kind[r] == 1;
  }
}
parameters {
  vector<lower=0, upper=1>[P] average;             // P(yes) of the average rater of the first kind
  vector[G - 1] kind_location;
  vector[G - 1] slope;
  vector<lower=0>[G - 1] disagreement;
  matrix[K, G - 1] z_kind_goal;
  matrix[P, G - 1] z_kind;
  vector<lower=0>[G] severity_sd;
  vector[R] z_severity;
  real z_unseen;
  vector<lower=0>[G] again_sd;
  vector[N] z_again;
  real lapse_location;
  real<lower=0> lapse_sd;
  vector[R] z_lapse;
}
transformed parameters {
  vector[P] eta = logit(average);
  vector[R] severity = severity_sd[kind] .* (within * z_severity);
  vector[R] lapse = inv_logit(lapse_location + lapse_sd * z_lapse);
  matrix[P, G] seen;
  seen[ : , 1] = eta;
  for (g in 2 : G) {
    vector[P] own = belongs * (sqrt(0.25 + 0.5 / (K - 2))
                               * (z_kind_goal[ : , g - 1] - mean(z_kind_goal[ : , g - 1])))
                    + sqrt(0.5) * (rest * z_kind[ : , g - 1]);
    own -= dot_product(mean_of_judged, own);
    seen[ : , g] = kind_location[g - 1] + slope[g - 1] * (eta - dot_product(mean_of_judged, eta))
                   + disagreement[g - 1] * own;
  }
}
model {
  average ~ beta(prior_yes, prior_no);
  kind_location ~ normal(0, prior_location);
  slope ~ normal(1, prior_slope);
  disagreement ~ normal(0, prior_disagreement);
  to_vector(z_kind_goal) ~ std_normal();
  to_vector(z_kind) ~ std_normal();
  severity_sd ~ normal(0, prior_severity);
  z_severity ~ std_normal();
  z_unseen ~ std_normal();
  again_sd ~ normal(0, prior_again);
  z_again ~ std_normal();
  lapse_location ~ normal(logit(prior_lapse), prior_lapse_common);
  lapse_sd ~ normal(0, prior_lapse_spread);
  z_lapse ~ std_normal();
  for (n in 1 : N) {
    int r = rater[n];
    int g = kind[r];
    real attentive = inv_logit(seen[judged[n], g] + severity[r] + again[g] * again_sd[g] * z_again[n]);
    real chance = 0.5 * lapse[r] + (1 - lapse[r]) * attentive;
    target += yes[n] * log(chance) + no[n] * log1m(chance);
  }
}
generated quantities {
  vector[P] level = rep_vector(0, P);
  real severity_shift = severity_sd[1] * z_unseen / sqrt(first);
  real misalignment = 0;
  {
    real spread = sqrt(square(severity_sd[1]) + again[1] * square(again_sd[1]));
    for (p in 1 : P) {
      for (q in 1 : Q) {
        level[p] += weight[q] * inv_logit(eta[p] + severity_shift + spread * node[q]);
      }
      misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * level[p];
    }
  }
}
