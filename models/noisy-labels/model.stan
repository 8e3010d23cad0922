// Goal shares of several populations from labels that several raters gave, with the index-uniform
// prior. The goal of each agent is summed out. Raters differ, and differ less under more agreement.
functions {
  // Log density of coordinates z of Dirichlet(total / K, ..., total / K) shares of K goals, whose
  // logarithms are log_share = log_softmax(scale * z), up to a constant.
  real log_ratios_lpdf(vector z, vector log_share, real total, real scale) {
    int K = num_elements(z);
    return lgamma(total) - K * lgamma(total / K) + total * mean(log_share) + (K - 1) * log(scale);
  }
  // Logarithms of Gamma(shape, 1) variables are log1p(shape) + shift, where the shifts are
  // increasing functions of coordinates x. Divided by their sum, the variables are
  // Dirichlet(shape). Whatever the shape, x keeps about the same scale. So small shapes neither
  // underflow nor make a funnel.
  vector shift_at(vector x, vector shape) {
    return x ./ sqrt(1 + shape) - log1p_exp(-x) ./ shape;
  }
  // lgamma(1 + a) - a * log1p(a) + a. The terms of Stirling's series that cancel are left out when
  // a is large, and so are their rounding errors.
  real lgamma_rest(real a) {
    if (a < 100) {
      return lgamma(1 + a) - a * log1p(a) + a;
    }
    return 0.5 * log(2 * pi() * a) - a * log1p(1 / a) + 1 / (12 * a) - 1 / (360 * a ^ 3);
  }
  // Log density of x, up to a constant. The slope of the shift and 1 / gamma(shape) are taken
  // together: their product is slope * shape / gamma(1 + shape).
  real warped_lpdf(vector x, vector shape) {
    vector[num_elements(x)] shift = shift_at(x, shape);
    real density = dot_product(shape, shift) - dot_product(1 + shape, expm1(shift))
                   + sum(log(shape ./ sqrt(1 + shape) + inv_logit(-x)));
    for (l in 1 : num_elements(x)) {
      density -= lgamma_rest(shape[l]);
    }
    return density;
  }
}
data {
  int<lower=1> S;                              // populations
  int<lower=2> K;                              // goals
  int<lower=1> R;                              // raters
  int<lower=K> L;                              // labels, the goals first
  int<lower=1> D;                              // distinct patterns of labels
  array[D] int<lower=1, upper=S> population;
  array[D] int<lower=0, upper=K> gold;         // the known goal, or 0
  vector<lower=0, upper=1>[D] informs;         // 0: chosen by the goal, so silent about shares
  vector<lower=0>[D] weight;                   // agents with the pattern
  matrix<lower=0>[D, R * L] reports;           // rater r gave label l: column (r - 1) * L + l
  matrix<lower=0>[K, L] alpha;                 // of the mean emissions
  real<lower=0> agreement_median;
  real<lower=0> agreement_sigma;
  matrix<lower=0, upper=1>[K, K] C;            // conflict of goal i with goal j
}
transformed data {
  vector[S] agents = rep_vector(0, S);         // that say something about the shares
  for (d in 1 : D) {
    agents[population[d]] += weight[d] * informs[d];
  }
}
parameters {
  vector<lower=0, upper=1>[S] index;           // uniform, for want of a statement about it
  array[S] sum_to_zero_vector[K] z;            // logarithms of the shares, scaled
  // At 0, where chains begin, the following two are at the centres of their priors. So chains find
  // the goals under their own names. Under exchanged names the density has lesser modes.
  array[K] sum_to_zero_vector[L] y;            // logarithms of the mean emissions, less alpha's
  real<offset=log(agreement_median), multiplier=agreement_sigma> log_agreement;
  array[R, K] vector[L] x;                     // logarithms of the emissions, warped
}
transformed parameters {
  real agreement = exp(log_agreement);
  array[K] vector[L] log_mean_emission;
  matrix[R * L, K] log_emission;
  array[S] vector[K] log_proportion;
  // With this scale z keeps about the same one, whether the agents or the prior say more.
  vector[S] total = index ./ (1 - index);
  vector[S] scale = sqrt(K ./ (agents + total));
  for (s in 1 : S) {
    log_proportion[s] = log_softmax(scale[s] * z[s]);
  }
  for (k in 1 : K) {
    log_mean_emission[k] = log_softmax(log(alpha[k]') + y[k]);
    vector[L] shape = 1.0 / L + agreement * exp(log_mean_emission[k]);
    for (r in 1 : R) {
      vector[L] log_gamma = log1p(shape) + shift_at(x[r, k], shape);
      log_emission[(r - 1) * L + 1 : r * L, k] = log_softmax(log_gamma);
    }
  }
}
model {
  matrix[D, K] log_likelihood = reports * log_emission;
  for (s in 1 : S) {
    z[s] ~ log_ratios(log_proportion[s], total[s], scale[s]);
  }
  log_agreement ~ normal(log(agreement_median), agreement_sigma);
  for (k in 1 : K) {
    target += alpha[k] * log_mean_emission[k]; // Dirichlet in its log-ratios y
    for (r in 1 : R) {
      x[r, k] ~ warped(1.0 / L + agreement * exp(log_mean_emission[k]));
    }
  }
  for (d in 1 : D) {
    vector[K] joint = informs[d] * log_proportion[population[d]] + log_likelihood[d]';
    target += weight[d] * (gold[d] > 0 ? joint[gold[d]] : log_sum_exp(joint));
  }
}
generated quantities {
  array[S] vector[K] proportion;
  vector[S] misalignment;
  matrix[R, K] accuracy;                       // probability that a rater sees the goal
  for (s in 1 : S) {
    proportion[s] = exp(log_proportion[s]);
    misalignment[s] = quad_form(C, proportion[s]);
  }
  for (r in 1 : R) {
    for (k in 1 : K) {
      accuracy[r, k] = exp(log_emission[(r - 1) * L + k, k]);
    }
  }
}
