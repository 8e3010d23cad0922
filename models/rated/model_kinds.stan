// Conflict levels of pairs of goals from ratings on ordered levels by raters of several kinds, the
// first of which defines the level, and the misalignment of a population whose shares are known.
// Another kind sees the latent levels of the first stretched and shifted, with something of its own
// in each pair, half of whose variance comes from the two goals, and with noise of another size: its
// ratings are those of a logistic variate whose scale is exp(noise). Effects are normal variates less
// their mean.
functions {
  // Probability that a logistic variate of this scale around the latent level is at most a point.
  real at_most(real point, real eta, real scale) {
    return inv_logit((point - eta) / scale);
  }
}
data {
  int<lower=4> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals, all of them
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  int<lower=2> G;                                  // kinds of raters
  int<lower=2> R;                                  // raters
  array[R] int<lower=1, upper=G> kind;
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
  real<lower=0> prior_slope;
  real<lower=0> prior_disagreement;
  real<lower=0> prior_noise;
  int<lower=1> Q;                                  // places of a quadrature over N(0, 1)
  vector[Q] node;
  vector<lower=0>[Q] weight;
}
transformed data {
  int one = (L - 2) %/% 2 + 1;                     // the two cut points whose middle is zero, or
  int other = (L - 1) %/% 2 + 1;                   // twice the one in the middle
  matrix[P, K] belongs = rep_matrix(0, P, K);
  matrix[P, P] rest;                               // what no sums of two goals' numbers explain
  vector[P] mean_of_rated = rep_vector(0, P);      // weights of the mean over rated pairs
  matrix[R, R] within = identity_matrix(R);        // less the mean of the raters of each kind
  int first = 0;                                   // raters of the kind that defines the level
  for (p in 1 : P) {
    belongs[p, pair[p, 1]] = 1;
    belongs[p, pair[p, 2]] = 1;
  }
  for (n in 1 : N) {
    mean_of_rated[rated[n]] = 1;
  }
  mean_of_rated /= sum(mean_of_rated);
  rest = identity_matrix(P) - belongs * inverse_spd(crossprod(belongs)) * belongs';
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
  real location;
  vector[G - 1] kind_location;
  vector[G - 1] slope;
  vector<lower=0>[G - 1] disagreement;
  vector[G - 1] noise;
  vector<lower=0>[L - 2] gap;
  real<lower=0> goal_sd;
  real<lower=0> pair_sd;
  vector<lower=0>[G] severity_sd;
  vector<lower=0>[G] width_sd;
  vector[K] z_goal;
  vector[P] z_pair;
  matrix[K, G - 1] z_kind_goal;
  matrix[P, G - 1] z_kind;
  vector[R] z_severity;
  vector[R] z_width;
  real z_unseen;
}
transformed parameters {
  vector[L - 1] cuts = rep_vector(0, L - 1);
  vector[P] eta = belongs * (sqrt(square(goal_sd) + square(pair_sd) / (K - 2))
                             * (z_goal - mean(z_goal)))
                  + pair_sd * (rest * z_pair);
  vector[R] severity = severity_sd[kind] .* (within * z_severity);
  vector[R] width = width_sd[kind] .* (within * z_width);
  matrix[P, G] seen;
  vector<lower=0>[G] scale;
  eta += location - dot_product(mean_of_rated, eta);
  for (l in 2 : (L - 1)) {
    cuts[l] = cuts[l - 1] + gap[l - 1];
  }
  cuts -= (cuts[one] + cuts[other]) / 2;
  seen[ : , 1] = eta;
  scale[1] = 1;
  for (g in 2 : G) {
    seen[ : , g] = kind_location[g - 1] + slope[g - 1] * (eta - location)
                   + disagreement[g - 1]
                     * (belongs * (sqrt(0.25 + 0.5 / (K - 2))
                                   * (z_kind_goal[ : , g - 1] - mean(z_kind_goal[ : , g - 1])))
                        + sqrt(0.5) * (rest * z_kind[ : , g - 1]));
    scale[g] = exp(noise[g - 1]);
  }
}
model {
  location ~ normal(0, prior_location);
  kind_location ~ normal(0, prior_location);
  slope ~ normal(1, prior_slope);
  disagreement ~ normal(0, prior_disagreement);
  noise ~ normal(0, prior_noise);
  gap ~ lognormal(log(prior_spread / (L - 1)), prior_gap);
  goal_sd ~ normal(0, prior_goal);
  pair_sd ~ normal(0, prior_pair);
  severity_sd ~ normal(0, prior_severity);
  width_sd ~ normal(0, prior_scale_use);
  z_goal ~ std_normal();
  z_pair ~ std_normal();
  to_vector(z_kind_goal) ~ std_normal();
  to_vector(z_kind) ~ std_normal();
  z_severity ~ std_normal();
  z_width ~ std_normal();
  z_unseen ~ std_normal();
  for (n in 1 : N) {
    int r = rater[n];
    int g = kind[r];
    real middle = seen[rated[n], g] + severity[r];
    vector[L - 1] own = cuts * exp(-width[r]);
    if (level[n] == 1) {
      target += log(at_most(own[1], middle, scale[g]));
    } else if (level[n] == L) {
      target += log(at_most(middle, own[L - 1], scale[g]));
    } else {
      target += log_diff_exp(log(at_most(own[level[n]], middle, scale[g])),
                             log(at_most(own[level[n] - 1], middle, scale[g])));
    }
  }
}
generated quantities {
  vector[P] conflict = rep_vector(value[1], P);
  real misalignment = 0;
  {
    real shift = severity_sd[1] * z_unseen / sqrt(first);
    for (p in 1 : P) {
      for (a in 1 : Q) {
        for (b in 1 : Q) {
          for (l in 1 : (L - 1)) {
            conflict[p] += weight[a] * weight[b] * (value[l + 1] - value[l])
                           * inv_logit(eta[p] + shift + severity_sd[1] * node[a]
                                       - cuts[l] * exp(-width_sd[1] * node[b]));
          }
        }
      }
      misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * conflict[p];
    }
  }
}
