// Goal shares of several populations from answers in clusters, with the index-uniform prior. The
// shares of each cluster are summed out: its counts are Dirichlet-multinomial.
functions {
  // Log density of coordinates z of Dirichlet(total / K, ..., total / K) shares of K goals, whose
  // logarithms are log_share = log_softmax(scale * z), up to a constant.
  real log_ratios_lpdf(vector z, vector log_share, real total, real scale) {
    int K = num_elements(z);
    return lgamma(total) - K * lgamma(total / K) + total * mean(log_share) + (K - 1) * log(scale);
  }
}
data {
  int<lower=1> S;                          // populations
  int<lower=2> K;                          // goals
  int<lower=1> D;                          // distinct clusters
  array[D] int<lower=1, upper=S> population;
  array[D] vector<lower=0>[K] counts;      // answers of a cluster
  vector<lower=0>[D] number;               // clusters like it
  real<lower=0> rho_a;
  real<lower=0> rho_b;
  matrix<lower=0, upper=1>[K, K] C;        // conflict of goal i with goal j
}
transformed data {
  vector[S] clusters = rep_vector(0, S);
  for (d in 1 : D) {
    clusters[population[d]] += number[d];
  }
}
parameters {
  vector<lower=0, upper=1>[S] index;       // uniform, for want of a statement about it
  array[S] sum_to_zero_vector[K] z;        // logarithms of the shares, scaled
  real<lower=0, upper=1> correlation;
}
transformed parameters {
  array[S] vector[K] log_proportion;
  // With this scale z keeps about the same one, whether the clusters or the prior say more.
  vector[S] total = index ./ (1 - index);
  vector[S] scale = sqrt(K ./ (clusters + total));
  for (s in 1 : S) {
    log_proportion[s] = log_softmax(scale[s] * z[s]);
  }
}
model {
  for (s in 1 : S) {
    z[s] ~ log_ratios(log_proportion[s], total[s], scale[s]);
  }
  correlation ~ beta(rho_a, rho_b);
  real concentration = (1 - correlation) / correlation;
  for (d in 1 : D) {
    vector[K] alpha = concentration * exp(log_proportion[population[d]]);
    target += number[d]
              * (lgamma(concentration) - lgamma(concentration + sum(counts[d]))
                 + sum(lgamma(alpha + counts[d]) - lgamma(alpha)));
  }
}
generated quantities {
  array[S] vector[K] proportion;
  vector[S] misalignment;
  for (s in 1 : S) {
    proportion[s] = exp(log_proportion[s]);
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
