// Goal shares of the waves of one series, and agents without a goal: a random walk of log odds.
// Log odds to the last goal are sampled as they are, wave by wave.
data {
  int<lower=2> T;                          // waves
  int<lower=2> k;                          // goals; holders of none come last
  vector[T] time;                          // increasing
  array[T, k + 1] int<lower=0> answers;
  real<lower=0> level;
  real<lower=0> drift_scale;
  matrix<lower=0, upper=1>[k + 1, k + 1] C;
}
transformed data {
  // of log odds to one goal, where those of any two goals have the variance 1
  matrix[k - 1, k - 1] of_odds = add_diag(rep_matrix(0.5, k - 1, k - 1), 0.5);
  vector[T - 1] part = (tail(time, T - 1) - head(time, T - 1)) / (time[T] - time[1]);
}
parameters {
  real<lower=0> drift;                     // from the first wave to the last
  array[T] vector[k - 1] odds;             // log p_i / p_k among holders
  vector[T] none;                          // log odds of holding no goal
}
transformed parameters {
  array[T] simplex[k + 1] proportion;
  for (t in 1 : T) {
    vector[k] held = softmax(append_row(odds[t], 0));
    proportion[t] = append_row(inv_logit(-none[t]) * held, inv_logit(none[t]));
  }
}
model {
  vector[k - 1] mean_odds = rep_vector(0, k - 1);
  drift ~ student_t(3, 0, drift_scale);
  for (t in 1 : T) {
    mean_odds += odds[t] / T;
    answers[t] ~ multinomial(proportion[t]);
  }
  for (t in 2 : T) {
    odds[t] - odds[t - 1] ~ multi_normal(rep_vector(0, k - 1), square(drift) * part[t - 1] * of_odds);
    none[t] - none[t - 1] ~ normal(0, drift * sqrt(part[t - 1]));
  }
  mean_odds ~ multi_student_t(1, rep_vector(0, k - 1), square(level) * log2(k) * of_odds);
  // the share of a mean of log odds is Beta(1/2, 1)
  target += 0.5 * log_inv_logit(mean(none)) + log1m_inv_logit(mean(none));
}
generated quantities {
  vector[T] misalignment;
  for (t in 1 : T) {
    misalignment[t] = quad_form(C, proportion[t]);
  }
}
