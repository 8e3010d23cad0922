// Conflict levels of the three pairs of three goals in waves, from ratings by raters who are not
// named, and the misalignment of a population whose shares are known. Latent levels are sampled as
// they are, wave by wave; raters of one wave use the scale alike.
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
  int<lower=2> T;                                  // waves
  vector[T] time;                                  // increasing
  array[3, 2] int<lower=1, upper=3> pair;          // which two goals
  int<lower=3> L;                                  // levels, from no conflict to full conflict
  vector<lower=0, upper=1>[L] value;               // what they are worth
  array[T, 3, L] int<lower=0> ratings;             // how many, by wave, pair and level
  simplex[3] shares;
  real<lower=0> prior_location;
  real<lower=0> prior_spread;
  real<lower=0> prior_gap;
  real<lower=0> prior_goal;
  real<lower=0> prior_pair;
  real<lower=0> prior_drift;
  real<lower=0> prior_scale_use;
}
transformed data {
  int one = (L - 2) %/% 2 + 1;                     // the two cut points whose middle is zero, or
  int other = (L - 1) %/% 2 + 1;                   // twice the one in the middle
  vector[T - 1] part = (tail(time, T - 1) - head(time, T - 1)) / (time[T] - time[1]);
}
parameters {
  vector<lower=0>[L - 2] gap;
  real<lower=0> goal_sd;
  real<lower=0> pair_sd;
  real<lower=0> drift;                             // from the first wave to the last
  real<lower=0> width_sd;
  array[T] vector[3] eta;
  vector[T] z_width;
}
transformed parameters {
  vector[L - 1] cuts = rep_vector(0, L - 1);
  vector[T] width = width_sd * (z_width - mean(z_width));
  vector[3] mean_eta = rep_vector(0, 3);
  for (l in 2 : (L - 1)) {
    cuts[l] = cuts[l - 1] + gap[l - 1];
  }
  cuts -= (cuts[one] + cuts[other]) / 2;
  for (t in 1 : T) {
    mean_eta += eta[t] / T;
  }
}
model {
  // of three goals u, whose sum is zero, the pair of two has minus the effect of the third
  real location = mean(mean_eta);
  real member_sd = sqrt(square(goal_sd) + square(pair_sd));
  location ~ normal(0, prior_location);
  target += -2 * log(member_sd) - dot_self(mean_eta - location) / (2 * square(member_sd));
  gap ~ lognormal(log(prior_spread / (L - 1)), prior_gap);
  goal_sd ~ normal(0, prior_goal);
  pair_sd ~ normal(0, prior_pair);
  drift ~ normal(0, prior_drift);
  width_sd ~ normal(0, prior_scale_use);
  z_width ~ std_normal();
  for (t in 2 : T) {
    eta[t] - eta[t - 1] ~ normal(0, drift * sqrt(part[t - 1]));
  }
  for (t in 1 : T) {
    for (p in 1 : 3) {
      for (l in 1 : L) {
        if (ratings[t, p, l] > 0) {
          target += ratings[t, p, l] * level_lpmf(l | eta[t][p], cuts * exp(-width[t]));
        }
      }
    }
  }
}
generated quantities {
  real location = mean(mean_eta);
  array[T] vector[3] conflict;
  vector[T] misalignment = rep_vector(0, T);
  real change;
  for (t in 1 : T) {
    for (p in 1 : 3) {
      conflict[t, p] = value[1];
      for (l in 1 : (L - 1)) {
        conflict[t, p] += (value[l + 1] - value[l])
                          * inv_logit(eta[t][p] - cuts[l] * exp(-width[t]));
      }
      misalignment[t] += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * conflict[t, p];
    }
  }
  change = misalignment[T] - misalignment[1];
}
