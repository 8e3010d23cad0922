// Goal shares of several populations that scatter about a common mean, from single-choice answers,
// and the misalignment of each population. Answers come one after another (Polya's urn): the
// shares are integrated out, and drawn from what is known of them afterwards.
functions {
  // Log probability of whole numbers of answers of each kind, one after another.
  real urn_lpdf(vector answers, vector a) {
    real found = 0;
    real drawn = 0;
    for (i in 1 : num_elements(answers)) {
      real held = 0;
      while (held < answers[i]) {
        found += log(a[i] + held) - log(sum(a) + drawn);
        held += 1;
        drawn += 1;
      }
    }
    return found;
  }
}
data {
  int<lower=1> S;                        // populations
  int<lower=2> K;                        // categories
  int<lower=0, upper=1> no_goal;         // whether the last one holds no goal
  array[S] vector<lower=0>[K] answers;
  matrix<lower=0, upper=1>[K, K] C;      // conflict of category i with category j
  real<lower=0> alike;
  real<lower=0> even;
  real<lower=0> told;                    // about the information on log ratios in the answers: it
                                         // chooses coordinates, the posterior does not depend on it
}
transformed data {
  int k = K - no_goal;                   // goals
}
parameters {
  real<lower=0, upper=1> population_spread;
  real<lower=0, upper=1> mean_unevenness;
  vector[k - 1] ratio;                   // log ratios of mean shares, in units of about their sd
  array[no_goal] real<lower=0, upper=1> mean_no_goal;
}
transformed parameters {
  // of each goal: small where mean shares are uneven; as it grows log ratios shrink to zero
  real each = (1 / square(mean_unevenness) - 1) / k;
  real unit = inv_sqrt(1 / trigamma(each) + told);
  vector[k] log_mean = log_softmax(append_row(unit * ratio, 0));
  vector[K] mean_share;
  mean_share[1 : k] = exp(log_mean);
  if (no_goal) {
    mean_share[1 : k] *= 1 - mean_no_goal[1];
    mean_share[K] = mean_no_goal[1];
  }
}
model {
  vector[K] a = (1 / square(population_spread) - 1) * mean_share;
  population_spread ~ beta(1, alike);
  mean_unevenness ~ beta(1, even);
  // mean shares are Dirichlet; in log ratios the Jacobian adds one to each power
  target += lgamma(k * each) - k * lgamma(each) + each * sum(log_mean) + (k - 1) * log(unit);
  mean_no_goal ~ beta(0.5, 1);
  for (s in 1 : S) {
    answers[s] ~ urn(a);
  }
}
generated quantities {
  array[S] vector[K] proportion;
  vector[S] misalignment;
  for (s in 1 : S) {
    proportion[s] = dirichlet_rng((1 / square(population_spread) - 1) * mean_share + answers[s]);
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
