// Goal shares of several populations that scatter about the mean of the group that they are in, groups
// about a common mean, from percentages that were rounded, and the misalignment of each population. The
// squared spread of populations about the common mean is split: a part of it is between groups. All counts of
// answers that round to the percentages are listed. The shares are integrated out, and drawn from what is
// known of them afterwards.
functions {
  // Log probability of each of several counts of answers where shares are Dirichlet(a).
  vector log_chance(matrix answers, vector a) {
    vector[rows(answers)] found;
    for (v in 1 : rows(answers)) {
      vector[cols(answers)] n = answers[v]';
      found[v] = lgamma(1 + sum(n)) - sum(lgamma(1 + n)) + lgamma(sum(a)) - lgamma(sum(a) + sum(n))
                 + sum(lgamma(a + n) - lgamma(a));
    }
    return found;
  }
}
data {
  int<lower=1> S;                        // populations
  int<lower=2> K;                        // categories
  int<lower=0, upper=1> no_goal;         // whether the last one holds no goal
  int<lower=2> G;                        // groups
  array[S] int<lower=1, upper=G> group;  // of each population
  int<lower=1> V;                        // counts that were possible, a population after another
  array[S] int<lower=1, upper=V> first;  // of each population
  array[S] int<lower=1, upper=V> last;
  matrix<lower=0>[V, K] answers;
  matrix<lower=0, upper=1>[K, K] C;      // conflict of category i with category j
  real<lower=0> alike;
  real<lower=0> even;
  real<lower=0> alike_groups;
  real<lower=0> told;                    // about the information on log ratios in the answers: it
                                         // chooses coordinates, the posterior does not depend on it
  real<lower=0> told_group;              // the same of the answers of one group
}
transformed data {
  int k = K - no_goal;                   // goals
}
parameters {
  real<lower=0, upper=1> population_spread;
  real<lower=0, upper=1> group_part;     // of the square of the spread that is between groups
  real<lower=0, upper=1> mean_unevenness;
  vector[k - 1] ratio;                   // log ratios of mean shares, in units of about their sd
  array[no_goal] real<lower=0, upper=1> mean_no_goal;
  array[G] vector[K - 1] group_ratio;    // of each group's mean shares to the first category, likewise
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
  real total = (1 - within) / within;
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
    target += log_sum_exp(log_chance(answers[first[s] : last[s]], total * group_mean_share[group[s]]));
  }
}
generated quantities {
  array[S] vector[K] proportion;
  vector[S] misalignment;
  for (s in 1 : S) {
    vector[K] a = total * group_mean_share[group[s]];
    int v = categorical_logit_rng(log_chance(answers[first[s] : last[s]], a));
    proportion[s] = dirichlet_rng(a + answers[first[s] + v - 1]');
    misalignment[s] = quad_form(C, proportion[s]);
  }
}
