// Goals of agents in cells of covariates, and P(ma) of parts of a population that is made of cells.
data {
  int<lower=2> K;                              // goals, and none where it is an answer
  int<lower=1> N;                              // cells in which somebody answered
  int<lower=1> T;                              // cells of the population
  int<lower=1> S;                              // parts of the population
  int<lower=1> V;                              // covariates, and combinations of them
  array[V] int<lower=1> L;                     // categories of each
  array[V] int<lower=1> F;                     // columns of the basis of its effects
  array[N, V] int<lower=1> level;              // category of each cell
  array[T, V] int<lower=1> level_table;
  array[N, K] int<lower=0> answers;
  vector<lower=0>[T] size;
  array[T] int<lower=1, upper=S> part;
  array[V] matrix[max(L), max(F)] basis;       // padded with zeros
  matrix[V, max(L)] reached;                   // how far each category was reached, padded with zeros
  vector<lower=0, upper=1>[V] centred;         // of the coordinates; the posterior does not depend on it
  matrix<lower=0, upper=1>[K, K] C;
  real<lower=0> prior_intercept;
  vector<lower=0>[V] prior_sd;
  real<lower=0> prior_reached;
}
transformed data {
  matrix[K, K - 1] goals = rep_matrix(0, K, K - 1);  // contrasts that sum to zero
  for (j in 1 : (K - 1)) {
    for (i in 1 : j) {
      goals[i, j] = 1 / sqrt(j * (j + 1.0));
    }
    goals[j + 1, j] = -j / sqrt(j * (j + 1.0));
  }
  goals *= sqrt(K / (K - 1.0));
}
parameters {
  vector[K - 1] intercept_contrasts;
  vector<lower=0>[V] sd;
  array[V] matrix[max(F), K - 1] z;            // rows beyond F[v] take no part
  matrix[V, K - 1] slope_contrasts;            // of effects on how far categories were reached
}
transformed parameters {
  vector[K] intercept = goals * intercept_contrasts;
  matrix[V, K] slope = slope_contrasts * goals';
  array[V] matrix[max(L), K] effect;
  for (v in 1 : V) {
    effect[v] = sd[v] ^ (1 - centred[v]) * basis[v] * z[v] * goals' + reached[v]' * slope[v];
  }
}
model {
  intercept_contrasts ~ normal(0, prior_intercept);
  sd ~ normal(0, prior_sd);
  to_vector(slope_contrasts) ~ normal(0, prior_reached);
  for (v in 1 : V) {
    to_vector(z[v][1 : F[v]]) ~ normal(0, sd[v] ^ centred[v]);
    if (F[v] < max(F)) {
      to_vector(z[v][(F[v] + 1) : max(F)]) ~ std_normal();
    }
  }
  for (c in 1 : N) {
    vector[K] eta = intercept;
    for (v in 1 : V) {
      eta += effect[v][level[c, v]]';
    }
    answers[c] ~ multinomial_logit(eta);
  }
}
generated quantities {
  // sds have tails of which 10,000 draws do not tell a standard deviation
  vector[V] root_sd = sqrt(sd);
  array[S] vector[K] proportion = rep_array(rep_vector(0, K), S);
  vector[S] misalignment;
  for (t in 1 : T) {
    vector[K] eta = intercept;
    for (v in 1 : V) {
      eta += effect[v][level_table[t, v]]';
    }
    proportion[part[t]] += size[t] * softmax(eta);
  }
  for (s in 1 : S) {
    proportion[s] /= sum(proportion[s]);
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
