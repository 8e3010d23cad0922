// Conflict levels of pairs of goals from ratings on ordered levels by named raters, and the
// misalignment of a population whose shares are known. Raters differ in severity and in how much of
// the scale they use; pairs share what their goals bring. Effects are normal variates less their
// mean, or less what coarser effects account for.
functions {
  // Logarithm of the probability of a level, by the two cut points beside it.
  real level_lpmf(int y, real eta, vector cuts) {
    int top = num_elements(cuts) + 1;
    if (y == 1) {
      return log_inv_logit(cuts[1] - eta);
    }
    if (y == top) {
      return log1m_inv_logit(cuts[top - 1] - eta);
    }
    return log_diff_exp(log_inv_logit(cuts[y] - eta), log_inv_logit(cuts[y - 1] - eta));
  }
}
data {
  int<lower=4> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals, all of them
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  int<lower=2> R;                                  // raters
  int<lower=3> L;                                  // levels, from no conflict to full conflict
  vector<lower=0, upper=1>[L] value;               // what they are worth
  int<lower=1> N;                                  // ratings
  array[N] int<lower=1, upper=P> rated;            // which pair
  array[N] int<lower=1, upper=R> rater;
  array[N] int<lower=1, upper=L> level;
  simplex[K] shares;
  real<lower=0> prior_location;
  real<lower=0> prior_spread;
  real<lower=0> prior_gap;
  real<lower=0> prior_goal;
  real<lower=0> prior_pair;
  real<lower=0> prior_severity;
  real<lower=0> prior_scale_use;
  int<lower=1> Q;                                  // places of a quadrature over N(0, 1)
  vector[Q] node;
  vector<lower=0>[Q] weight;
}
transformed data {
  int one = (L - 2) %/% 2 + 1;                   // the two cut points whose middle is zero, or
  int other = (L - 1) %/% 2 + 1;                   // twice the one in the middle
  matrix[P, K] belongs = rep_matrix(0, P, K);
  matrix[P, P] rest;                               // what no sums of two goals' numbers explain
  vector[P] mean_of_rated = rep_vector(0, P);      // weights of the mean over rated pairs
  for (p in 1 : P) {
    belongs[p, pair[p, 1]] = 1;
    belongs[p, pair[p, 2]] = 1;
  }
  for (n in 1 : N) {
    mean_of_rated[rated[n]] = 1;
  }
  mean_of_rated /= sum(mean_of_rated);
  rest = identity_matrix(P) - belongs * inverse_spd(crossprod(belongs)) * belongs';
}
parameters {
  real location;
  vector<lower=0>[L - 2] gap;
  real<lower=0> goal_sd;
  real<lower=0> pair_sd;
  real<lower=0> severity_sd;
  real<lower=0> width_sd;
  vector[K] z_goal;
  vector[P] z_pair;
  vector[R] z_severity;
  vector[R] z_width;
  real z_unseen;
}
transformed parameters {
  vector[L - 1] cuts = rep_vector(0, L - 1);
  vector[K] goal_effect = sqrt(square(goal_sd) + square(pair_sd) / (K - 2))
                          * (z_goal - mean(z_goal));
  vector[R] severity = severity_sd * (z_severity - mean(z_severity));
  vector[R] width = width_sd * (z_width - mean(z_width));
  vector[P] eta = belongs * goal_effect + pair_sd * (rest * z_pair);
  eta += location - dot_product(mean_of_rated, eta);
  for (l in 2 : (L - 1)) {
    cuts[l] = cuts[l - 1] + gap[l - 1];
  }
  cuts -= (cuts[one] + cuts[other]) / 2;
}
model {
  location ~ normal(0, prior_location);
  gap ~ lognormal(log(prior_spread / (L - 1)), prior_gap);
  goal_sd ~ normal(0, prior_goal);
  pair_sd ~ normal(0, prior_pair);
  severity_sd ~ normal(0, prior_severity);
  width_sd ~ normal(0, prior_scale_use);
  z_goal ~ std_normal();
  z_pair ~ std_normal();
  z_severity ~ std_normal();
  z_width ~ std_normal();
  z_unseen ~ std_normal();
  for (n in 1 : N) {
    target += level_lpmf(level[n] | eta[rated[n]] + severity[rater[n]], cuts * exp(-width[rater[n]]));
  }
}
generated quantities {
  vector[P] conflict = rep_vector(value[1], P);
  real misalignment = 0;
  {
    real shift = severity_sd * z_unseen / sqrt(R);
    for (p in 1 : P) {
      for (a in 1 : Q) {
        for (b in 1 : Q) {
          for (l in 1 : (L - 1)) {
            conflict[p] += weight[a] * weight[b] * (value[l + 1] - value[l])
                           * inv_logit(eta[p] + shift + severity_sd * node[a]
                                       - cuts[l] * exp(-width_sd * node[b]));
          }
        }
      }
      misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * conflict[p];
    }
  }
}
