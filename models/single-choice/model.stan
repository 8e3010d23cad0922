// Goal shares of several populations from single-choice answers, with the matched prior, and the
// misalignment of each population.
functions {
  // Log density of shares of goals among their holders: with probability 3/4 all goals are alike,
  // otherwise one of them takes a uniform share and the others divide the rest.
  real matched_lpdf(vector share, real total) {
    int k = num_elements(share);
    if (k == 1) {
      return 0;
    }
    vector[k + 1] terms;
    terms[k + 1] = log(0.75) + dirichlet_lpdf(share | rep_vector(total / k, k));
    for (j in 1 : k) {
      terms[j] = log(0.25 / k);
      if (k > 2) {
        vector[k - 1] others = append_row(head(share, j - 1), tail(share, k - j));
        terms[j] += dirichlet_lpdf(others / sum(others) | rep_vector(total / (k - 1), k - 1))
                    - (k - 2) * log(sum(others));
      }
    }
    return log_sum_exp(terms);
  }
}
data {
  int<lower=1> S;                        // populations
  int<lower=2> K;                        // categories
  int<lower=0, upper=1> no_goal;         // whether the last one holds no goal
  array[S] vector<lower=0>[K] answers;   // may be fractional
  matrix<lower=0, upper=1>[K, K] C;      // conflict of category i with category j
}
transformed data {
  int k = K - no_goal;                   // goals
}
parameters {
  vector[S] log_concentration;
  array[S] simplex[K] proportion;
}
model {
  for (s in 1 : S) {
    // A / (1 + A) ~ Beta(1, 1/2), as a density of log A
    target += log_inv_logit(log_concentration[s]) + 0.5 * log1m_inv_logit(log_concentration[s]);
    real held = sum(head(proportion[s], k));
    head(proportion[s], k) / held ~ matched(exp(log_concentration[s]));
    if (no_goal) {
      proportion[s][K] ~ beta(0.5, 1);
      target += -(k - 1) * log(held);    // the shares among holders are parts of what is held
    }
    target += dot_product(answers[s], log(proportion[s]));
  }
}
generated quantities {
  vector[S] index = inv_logit(log_concentration);
  vector[S] misalignment;
  for (s in 1 : S) {
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
