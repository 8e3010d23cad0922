// Shares of holdings, sets of goals, from answers of agents who may name several; conflict of
// holdings is the noisy-or of known conflict of goals. The prior is the matched one, on classes of
// holdings that conflict with the same others: `class_of` names the class of each, those who hold
// no goal last. Within a class of several the prior is matched again.
functions {
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
  real log_concentration_lpdf(real log_a) {
    // A / (1 + A) ~ Beta(1, 1/2), as a density of log A
    return log_inv_logit(log_a) + 0.5 * log1m_inv_logit(log_a);
  }
}
data {
  int<lower=1> S;                              // populations
  int<lower=1> K;                              // goals
  int<lower=2> M;                              // holdings, the last of agents without a goal
  int<lower=1> G;                              // classes of holdings of agents with a goal
  int<lower=2> B;                              // holdings of the last class, the others have one
  array[M] int<lower=1, upper=G + 1> class_of; // G + 1 of agents without a goal
  matrix<lower=0, upper=1>[M, K] held;         // which goals a holding is made of
  matrix<lower=0, upper=1>[K, K] c;            // conflict of goals
  array[S] vector<lower=0>[M] answers;
}
transformed data {
  matrix[M, M] C;
  for (g in 1 : M) {
    for (h in 1 : M) {
      real peace = 1;
      for (i in 1 : K) {
        for (j in 1 : K) {
          if (held[g, i] * held[h, j] > 0) {
            peace *= 1 - c[i, j];
          }
        }
      }
      C[g, h] = 1 - peace;
    }
  }
}
parameters {
  vector[S] log_concentration;
  vector[S] log_concentration_within;
  array[S] simplex[G + 1] of_class;
  array[S] simplex[B] within;
}
transformed parameters {
  array[S] vector[M] proportion;
  for (s in 1 : S) {
    int at = 0;
    for (m in 1 : M) {
      proportion[s][m] = of_class[s][class_of[m]];
      if (class_of[m] == G) {
        at += 1;
        proportion[s][m] *= within[s][at];
      }
    }
  }
}
model {
  for (s in 1 : S) {
    log_concentration[s] ~ log_concentration();
    log_concentration_within[s] ~ log_concentration();
    real holders = sum(head(of_class[s], G));
    head(of_class[s], G) / holders ~ matched(exp(log_concentration[s]));
    of_class[s][G + 1] ~ beta(0.5, 1);
    target += -(G - 1) * log(holders);
    within[s] ~ matched(exp(log_concentration_within[s]));
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
