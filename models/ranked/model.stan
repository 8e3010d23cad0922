// Shares of orders of alternatives, from the orders that agents stated; two agents conflict by the
// pairs of alternatives that they order differently. `place` is the place of each alternative in
// an order, 1 for the first, and tied where it is the same. Who has no preference between two
// alternatives agrees with everybody about them.
data {
  int<lower=1> S;                        // populations
  int<lower=2> K;                        // alternatives
  int<lower=2> M;                        // orders
  array[M, K] int<lower=1> place;
  matrix<lower=0, upper=1>[K, K] c;      // conflict of alternatives
  real<lower=0> total;                   // of the Dirichlet prior
  array[S] vector<lower=0>[M] answers;
}
transformed data {
  int D = K * (K - 1) %/% 2;
  matrix[M, M] C = rep_matrix(0, M, M);
  for (g in 1 : M) {
    for (h in 1 : M) {
      for (a in 1 : (K - 1)) {
        for (b in (a + 1) : K) {
          if ((place[g, a] - place[g, b]) * (place[h, a] - place[h, b]) < 0) {
            C[g, h] += c[a, b] / D;
          }
        }
      }
    }
  }
}
parameters {
  array[S] simplex[M] proportion;
}
model {
  for (s in 1 : S) {
    proportion[s] ~ dirichlet(rep_vector(total / M, M));
    target += dot_product(answers[s], log(proportion[s]));
  }
}
generated quantities {
  vector[S] misalignment;
  for (s in 1 : S) {
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
