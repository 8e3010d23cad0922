// Goal shares of several populations behind rounded percentages, with the matched prior, and the
// misalignment of each population. Percentages are those of whole agents, all of whom answered.
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
  // Log probability of all counts that round to the percentages: a convolution over categories of
  // the counts beyond the fewest. Each row of `terms` ends where `width` says.
  real rounded(array[] int fewest, array[] int width, matrix terms, int rest, vector log_share) {
    int K = num_elements(fewest);
    vector[rest + 1] sums = rep_vector(-1e12, rest + 1);
    sums[1] = 0;
    for (i in 1 : K) {
      int most = min(width[i], rest);
      vector[most + 1] term = terms[i, 1 : (most + 1)]'
                              + log_share[i] * (fewest[i] + linspaced_vector(most + 1, 0, most));
      vector[rest + 1] next;
      for (r in 0 : rest) {
        int w = min(most, r);
        next[r + 1] = log_sum_exp(reverse(sums[(r - w + 1) : (r + 1)]) + term[1 : (w + 1)]);
      }
      sums = next;
    }
    return sums[rest + 1];
  }
}
data {
  int<lower=1> S;                        // populations
  int<lower=2> K;                        // categories
  int<lower=0, upper=1> no_goal;         // whether the last one holds no goal
  array[S] int<lower=1> asked;           // agents
  matrix<lower=0, upper=100>[S, K] percent;
  vector<lower=0>[S] rounding;           // points
  matrix<lower=0, upper=1>[K, K] C;      // conflict of category i with category j
}
transformed data {
  int k = K - no_goal;                   // goals
  array[S, K] int fewest;                 // fewest agents that round so
  array[S, K] int width;                 // and how many more the most are
  array[S] int rest;
  array[S] matrix[K, max(asked) + 1] terms;
  for (s in 1 : S) {
    rest[s] = asked[s];
    for (i in 1 : K) {
      fewest[s, i] = -1;
      for (c in 0 : asked[s]) {
        real away = abs(100.0 * c / asked[s] - percent[s, i]) - rounding[s] / 2;
        if (away <= 1e-9) {
          if (fewest[s, i] < 0) {
            fewest[s, i] = c;
          }
          width[s, i] = c - fewest[s, i];
          terms[s][i, width[s, i] + 1] = -lgamma(c + 1.0);
          // halfway between two percentages it may have been rounded to either
          if (away > -1e-9 && c > 0 && c < asked[s]) {
            terms[s][i, width[s, i] + 1] += log(0.5);
          }
        }
      }
      rest[s] -= fewest[s, i];
    }
  }
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
    target += rounded(fewest[s], width[s], terms[s], rest[s], log(proportion[s]));
  }
}
generated quantities {
  vector[S] index = inv_logit(log_concentration);
  vector[S] misalignment;
  for (s in 1 : S) {
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
