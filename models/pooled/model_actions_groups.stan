// Goal shares of several populations that scatter about the mean of the group that they are in, groups
// about a common mean, from what their agents chose in several situations, and the misalignment of each
// population. The squared spread of populations about the common mean is split: a part of it is between
// groups. Shares and mean shares are log ratios in units that the number of agents and the prior give them;
// the chances of actions are simplexes. The goal of each agent is summed out.
functions {
  // Log density of coordinates z of Dirichlet(alpha) shares, whose logarithms are
  // log_share = log_softmax(centre + scale * z), up to a constant
  real log_ratios_lpdf(vector z, vector log_share, vector alpha, real scale) {
    return lgamma(sum(alpha)) - sum(lgamma(alpha)) + dot_product(alpha, log_share)
           + (num_elements(z) - 1) * log(scale);
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
  real<lower=0> told;                          // about the information on log ratios in all choices: it
                                               // chooses coordinates, the posterior does not depend on it
  real<lower=0> told_group;                    // the same of the choices in one group
}
transformed data {
  int k = K - no_goal;                         // goals
  vector[S] size = rep_vector(0, S);           // agents of each population
  for (d in 1 : D) {
    size[population[d]] += agents[d];
  }
}
parameters {
  real<lower=0, upper=1> population_spread;
  real<lower=0, upper=1> group_part;           // of the square of the spread that is between groups
  real<lower=0, upper=1> mean_unevenness;
  vector[k - 1] ratio;                         // log ratios of mean shares, in units of about their sd
  array[no_goal] real<lower=0, upper=1> mean_no_goal;
  array[G] vector[K - 1] group_ratio;          // of each group's mean shares to the first category, likewise
  array[S] sum_to_zero_vector[K] z;
  array[K, Q] simplex[A] action;
  real<lower=0, upper=1> correlation;
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
  // squared spreads of the means of groups, and of populations about the mean of their group
  real between = group_part * square(population_spread);
  real within = (square(population_spread) - between) / (1 - between);
  real about = (1 - within) / within;
  vector[K] b = (1 - between) / between * mean_share;
  vector[K - 1] group_unit;
  for (i in 1 : (K - 1)) {
    group_unit[i] = inv_sqrt(1 / (trigamma(b[i + 1]) + trigamma(b[1])) + told_group);
  }
  array[G] vector[K] log_group;
  array[G] vector[K] group_mean_share;
  for (g in 1 : G) {
    vector[K - 1] centre = log(mean_share[2 : K]) - log(mean_share[1]);
    log_group[g] = log_softmax(append_row(0, centre + group_unit .* group_ratio[g]));
    group_mean_share[g] = exp(log_group[g]);
  }
  vector[S] scale = sqrt(K ./ (size + about));
  array[S] vector[K] log_proportion;
  for (s in 1 : S) {
    // near the mean where the prior says more, anywhere where the agents do
    log_proportion[s] = log_softmax(about / (size[s] + about) * log_group[group[s]] + scale[s] * z[s]);
  }
}
model {
  population_spread ~ beta(1, alike);
  group_part ~ beta(1, alike_groups);
  mean_unevenness ~ beta(1, even);
  // mean shares are Dirichlet; in log ratios the Jacobian adds one to each power
  target += lgamma(k * each) - k * lgamma(each) + each * sum(log_mean) + (k - 1) * log(unit);
  mean_no_goal ~ beta(0.5, 1);
  for (g in 1 : G) {
    target += lgamma(sum(b)) - sum(lgamma(b)) + dot_product(b, log_group[g]) + sum(log(group_unit));
  }
  for (s in 1 : S) {
    z[s] ~ log_ratios(log_proportion[s], about * group_mean_share[group[s]], scale[s]);
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
