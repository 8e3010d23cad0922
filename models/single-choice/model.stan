// Goal shares of several populations from single-choice answers, with the index-flat prior, and
// the misalignment of each population.
data {
  int<lower=1> S;                        // populations
  int<lower=2> K;                        // categories
  array[S] vector<lower=0>[K] answers;   // effective answers, fractional under design weights
  matrix<lower=0, upper=1>[K, K] C;      // conflict of category i with category j
}
parameters {
  vector<lower=0, upper=1>[S] index;     // uniform, for want of a statement about it
  array[S] simplex[K] proportion;
}
model {
  for (s in 1 : S) {
    real total = index[s] / (1 - index[s]);
    proportion[s] ~ dirichlet(rep_vector(total / K, K));
    target += dot_product(answers[s], log(proportion[s]));
  }
}
generated quantities {
  vector[S] misalignment;
  for (s in 1 : S) {
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
