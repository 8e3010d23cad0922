// Goal shares of several populations that scatter about the mean of the group that they are in, groups
// about a common mean, from what their agents chose in several situations, and the misalignment of each
// population. The goal of each agent is summed out; shares, mean shares of groups and the common mean are
// sampled as Gamma variates over their sum, and the chances of actions are simplexes.
functions {
  // Logarithms of Gamma(shape, 1) variates are log1p(shape) + shift, and the shifts increase with
  // coordinates x that keep about one scale whatever the shape. Divided by their sum, the variates
  // are Dirichlet(shape) shares. Their tail begins at x = -log1p(1 / (shape + 0.03)): above it a variate
  // keeps its place while the shape shrinks, down to 0.03.
  vector below(vector x, vector shape) {
    return -x - log1p(inv(shape + 0.03));
  }
  vector shift_at(vector x, vector shape) {
    return x ./ sqrt(1 + shape) - log1p_exp(below(x, shape)) ./ shape;
  }
  // lgamma(1 + a) - a * log1p(a) + a, without the terms of Stirling's series that cancel
  real lgamma_rest(real a) {
    if (a < 100) {
      return lgamma(1 + a) - a * log1p(a) + a;
    }
    return 0.5 * log(2 * pi() * a) - a * log1p(1 / a) + 1 / (12 * a) - 1 / (360 * a ^ 3);
  }
  // Log density of x. The slope of the shift is taken together with 1 / gamma(shape), since their
  // product has no pole: slope * shape / gamma(1 + shape).
  real coordinates_lpdf(vector x, vector shape) {
    vector[num_elements(x)] shift = shift_at(x, shape);
    real density = dot_product(shape, shift) - dot_product(1 + shape, expm1(shift))
                   + sum(log(shape ./ sqrt(1 + shape) + inv_logit(below(x, shape))));
    for (i in 1 : num_elements(x)) {
      density -= lgamma_rest(shape[i]);
    }
    return density;
  }
  vector log_shares(vector x, vector shape) {
    return log_softmax(log1p(shape) + shift_at(x, shape));
  }
}
data {
  int<lower=1> S;                              // populations
  int<lower=2> K;                              // categories
  int<lower=0, upper=1> no_goal;               // whether the last one holds no goal
  int<lower=2> G;                              // groups
  array[S] int<lower=1, upper=G> group;        // of each population
  int<lower=1> Q;                              // situations
  int<lower=2> A;                              // actions in each situation
  int<lower=1> N;                              // distinct sets of choices in one situation
  array[N, A] int<lower=0> chosen;             // how often each action
  int<lower=1> D;                              // distinct patterns of agents
  array[D] int<lower=1, upper=S> population;
  array[D] int<lower=0, upper=K> gold;         // the known goal, or 0
  array[D, Q] int<lower=1, upper=N> choices;   // the set in each situation
  vector<lower=0>[D] agents;                   // with the pattern
  array[K, Q] vector<lower=0, upper=1>[A] expected;  // stated chance of each action
  real<lower=0> strength;                      // actions that the stated chances are worth
  real<lower=0> rho_a;
  real<lower=0> rho_b;
  matrix<lower=0, upper=1>[K, K] C;            // conflict of category i with category j
  real<lower=0> alike;
  real<lower=0> even;
  real<lower=0> alike_groups;
}
transformed data {
  int k = K - no_goal;                         // goals
  real least = 1e-100;                         // of a parameter: nothing tells smaller ones apart
}
parameters {
  real<lower=0, upper=1> population_spread;
  real<lower=0, upper=1> group_part;           // of the square of the spread that is between groups
  real<lower=0, upper=1> mean_unevenness;
  vector[k] x_mean;
  array[no_goal] real<lower=0, upper=1> mean_no_goal;
  array[G] vector[K] x_group;
  array[S] vector[K] x;
  array[K, Q] simplex[A] action;
  real<lower=0, upper=1> correlation;
}
transformed parameters {
  vector[k] each = rep_vector(fmax((1 / square(mean_unevenness) - 1) / k, least), k);
  vector[K] mean_share;
  mean_share[1 : k] = exp(log_shares(x_mean, each));
  if (no_goal) {
    mean_share[1 : k] *= 1 - mean_no_goal[1];
    mean_share[K] = mean_no_goal[1];
  }
  // squared spreads of the means of groups, and of populations about the mean of their group
  real between = group_part * square(population_spread);
  real within = (square(population_spread) - between) / (1 - between);
  vector[K] b = fmax((1 - between) / between * mean_share, least);
  array[G] vector[K] group_mean_share;
  array[G] vector[K] a;
  for (g in 1 : G) {
    group_mean_share[g] = exp(log_shares(x_group[g], b));
    a[g] = fmax((1 - within) / within * group_mean_share[g], least);
  }
  array[S] vector[K] log_proportion;
  for (s in 1 : S) {
    log_proportion[s] = log_shares(x[s], a[group[s]]);
  }
}
model {
  population_spread ~ beta(1, alike);
  group_part ~ beta(1, alike_groups);
  mean_unevenness ~ beta(1, even);
  x_mean ~ coordinates(each);
  mean_no_goal ~ beta(0.5, 1);
  for (g in 1 : G) {
    x_group[g] ~ coordinates(b);
  }
  for (s in 1 : S) {
    x[s] ~ coordinates(a[group[s]]);
  }
  correlation ~ beta(rho_a, rho_b);
  // the chances of one agent's actions are Dirichlet about those of its goal, and two of its choices in
  // a situation have the correlation 1 / (1 + sum of the parameters)
  real total = (1 - correlation) / correlation;
  array[Q] matrix[K, N] log_likelihood = rep_array(rep_matrix(0, K, N), Q);
  for (q in 1 : Q) {
    for (j in 1 : K) {
      action[j, q] ~ dirichlet(strength * expected[j, q]);
      for (n in 1 : N) {
        if (sum(chosen[n]) > 0) {
          log_likelihood[q][j, n] = dirichlet_multinomial_lpmf(chosen[n] | total * action[j, q]);
        }
      }
    }
  }
  for (d in 1 : D) {
    vector[K] joint = log_proportion[population[d]];
    for (q in 1 : Q) {
      joint += log_likelihood[q][ : , choices[d, q]];
    }
    target += agents[d] * (gold[d] > 0 ? joint[gold[d]] : log_sum_exp(joint));
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
