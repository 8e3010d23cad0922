// Conflict levels of pairs of goals from their distance on scales where several people placed them,
// and the misalignment of a population whose shares are known. Some pairs were rated, which teaches
// how fast conflict grows with distance. Positions are parameters; each placement and each rating
// is in the likelihood by itself.
data {
  int<lower=2> K;                                  // goals
  int<lower=1> D;                                  // dimensions
  vector<lower=0>[D] weight;                       // of each in the squared distance, sum 1
  int<lower=1> P;                                  // pairs of goals, all of them
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  int<lower=1> N;                                  // placements
  array[N] int<lower=1, upper=K> placed;           // which goal
  array[N] int<lower=1, upper=D> dimension;
  vector[N] at;                                    // as a share of the length of the scale
  int<lower=1> R;                                  // ratings
  array[R] int<lower=1, upper=P> rated;            // which pair
  int<lower=1> steps;                              // from no conflict to full conflict
  array[R] int<lower=0, upper=steps> rating;
  simplex[K] shares;
  real<lower=0> prior_position;
  real<lower=0> prior_noise;
  real<lower=0> prior_length;
  real<lower=0> prior_length_spread;
  real<lower=0> prior_precision;
  real<lower=0> prior_precision_spread;
  real<lower=0, upper=1> lapse;
}
parameters {
  matrix[K, D] position;
  vector<lower=0>[D] noise;
  real<lower=0> length;
  real<lower=0> precision;
}
transformed parameters {
  vector[P] conflict;
  for (p in 1 : P) {
    real squared = 0;
    for (d in 1 : D) {
      squared += weight[d] * square(position[pair[p, 1], d] - position[pair[p, 2], d]);
    }
    conflict[p] = 1 - exp(-squared / square(length));
  }
}
model {
  to_vector(position) ~ normal(0.5, prior_position);
  noise ~ normal(0, prior_noise);
  length ~ lognormal(log(prior_length), prior_length_spread);
  precision ~ lognormal(log(prior_precision), prior_precision_spread);
  for (n in 1 : N) {
    at[n] ~ normal(position[placed[n], dimension[n]], noise[dimension[n]]);
  }
  for (r in 1 : R) {
    real expected = (1 - lapse) * conflict[rated[r]] + lapse / 2;
    rating[r] ~ beta_binomial(steps, expected * precision, (1 - expected) * precision);
  }
}
generated quantities {
  real misalignment = 0;
  real correlation = 1 / (1 + precision);         // of ratings of one pair; without its long tail
  for (p in 1 : P) {
    misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * conflict[p];
  }
}
