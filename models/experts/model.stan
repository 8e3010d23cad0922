// Conflict levels of pairs of goals as another expert would state them, from the statements of
// several experts, and the misalignment of a population whose shares are known. Nothing is
// integrated out here.
data {
  int<lower=1> K;                                  // goals
  int<lower=1> P;                                  // pairs of goals
  int<lower=1> E;                                  // experts
  int<lower=1> N;                                  // statements
  array[P, 2] int<lower=1, upper=K> pair;          // which two goals
  array[N] int<lower=1, upper=P> about;            // which pair a statement is about
  array[N] int<lower=1, upper=E> by;               // whose it is
  vector<lower=0>[N] a;                            // its Beta distribution
  vector<lower=0>[N] b;
  real<lower=0> centre_scale;
  real<lower=0> pair_scale;
  real<lower=0> leaning_scale;
  real<lower=0> disagreement_scale;
  real<lower=0> shared_a;
  real<lower=0> shared_b;
  real<lower=0> rounding;
  simplex[K] shares;
}
transformed data {
  vector[N] y = digamma(a) - digamma(b);           // mean and sd of the logit in each statement
  vector[N] s = sqrt(trigamma(a) + trigamma(b));
  vector[P] typical_s = rep_vector(0, P);          // geometric mean over who spoke about a pair
  vector[P] number = rep_vector(0, P);
  for (n in 1 : N) {
    typical_s[about[n]] += log(s[n]);
    number[about[n]] += 1;
  }
  typical_s = exp(typical_s ./ number);
}
parameters {
  real z_centre;
  vector[P] z_pair;
  vector[E] z_leaning;
  vector[P] z_group;
  real<lower=0> pair_sd;
  real<lower=0> leaning_sd;
  real<lower=0> disagreement;
  real<lower=0, upper=1> shared;
}
transformed parameters {
  vector[P] theta = centre_scale * z_centre + pair_sd * z_pair;
  vector[E] leaning = leaning_sd * z_leaning;
  vector[P] group = sqrt(shared) * typical_s .* z_group;
}
model {
  z_centre ~ std_normal();
  z_pair ~ std_normal();
  z_leaning ~ std_normal();
  z_group ~ std_normal();
  pair_sd ~ normal(0, pair_scale);
  leaning_sd ~ normal(0, leaning_scale);
  disagreement ~ normal(0, disagreement_scale);
  shared ~ beta(shared_a, shared_b);
  y ~ normal(theta[about] + group[about] + leaning[by],
             sqrt((1 - shared + square(rounding)) * square(s) + square(disagreement)));
}
generated quantities {
  vector[P] typical_level = inv_logit(theta);
  vector[P] level;                                 // what another expert would say
  real misalignment = 0;
  {
    real other = normal_rng(0, leaning_sd);
    for (p in 1 : P) {
      level[p] = inv_logit(theta[p] + other + normal_rng(0, disagreement));
      misalignment += 2 * shares[pair[p, 1]] * shares[pair[p, 2]] * level[p];
    }
  }
}
