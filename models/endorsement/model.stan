// Shares of kinds of agents, who hold goals with strengths, from counts of them. The conflict of two
// kinds is the noisy-or of known conflict of goals times the geometric mean of the strengths. The
// prior is a symmetric Dirichlet of total concentration A.
data {
  int<lower=1> S;                            // populations
  int<lower=1> K;                            // goals
  int<lower=2> M;                            // kinds of agents
  real<lower=0> A;
  matrix<lower=0, upper=1>[M, K] strength;   // 0 where a goal is not held
  matrix<lower=0, upper=1>[K, K] c;          // conflict of goals
  array[S] vector<lower=0>[M] answers;
}
transformed data {
  matrix[M, M] C;
  for (g in 1 : M) {
    for (h in 1 : M) {
      real peace = 1;
      for (i in 1 : K) {
        for (j in 1 : K) {
          peace *= 1 - c[i, j] * sqrt(strength[g, i] * strength[h, j]);
        }
      }
      C[g, h] = 1 - peace;
    }
  }
}
parameters {
  array[S] simplex[M] proportion;
}
model {
  for (s in 1 : S) {
    proportion[s] ~ dirichlet(rep_vector(A / M, M));
    target += dot_product(answers[s], log(proportion[s]));
  }
}
generated quantities {
  vector[S] misalignment;
  for (s in 1 : S) {
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
