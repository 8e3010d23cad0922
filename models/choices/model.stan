// Goal shares of several populations from what agents chose in several situations, whose actions pay
// so much to each goal, with the index-uniform prior. The goal of each agent is summed out. Choices
// of one agent may be more alike than its goal makes them.
functions {
  // Log density of coordinates z of Dirichlet(total / K, ..., total / K) shares of K goals, whose
  // logarithms are log_share = log_softmax(scale * z), up to a constant.
  real log_ratios_lpdf(vector z, vector log_share, real total, real scale) {
    int K = num_elements(z);
    return lgamma(total) - K * lgamma(total / K) + total * mean(log_share) + (K - 1) * log(scale);
  }
}
data {
  int<lower=1> S;                              // populations
  int<lower=2> K;                              // goals
  int<lower=1> Q;                              // situations
  int<lower=2> A;                              // actions in each situation
  int<lower=1> D;                              // distinct patterns of choices
  array[D] int<lower=1, upper=S> population;
  array[D] int<lower=0, upper=K> gold;         // the known goal, or 0
  vector<lower=0, upper=1>[D] informs;         // 0: chosen by the goal, so silent about shares
  vector<lower=0>[D] weight;                   // agents with the pattern
  array[D, Q * A] int<lower=0> counts;         // action a in situation q: column (q - 1) * A + a
  matrix[K, Q * A] payoff;                     // the same columns
  real<lower=0.5, upper=1> best_of_two;
  real<lower=0> spread;
  real<lower=0> rho_a;
  real<lower=0> rho_b;
  matrix<lower=0, upper=1>[K, K] C;            // conflict of goal i with goal j
}
transformed data {
  array[D, Q] int choices;
  for (d in 1 : D) {
    for (q in 1 : Q) {
      choices[d, q] = sum(counts[d, (q - 1) * A + 1 : q * A]);
    }
  }
  int most = max(to_array_1d(choices));
  vector[S] agents = rep_vector(0, S);         // that say something about the shares
  for (d in 1 : D) {
    agents[population[d]] += weight[d] * informs[d];
  }
  vector[K] stake = rep_vector(0, K);          // the largest range of a goal's payoffs
  for (k in 1 : K) {
    for (q in 1 : Q) {
      row_vector[A] own = payoff[k, (q - 1) * A + 1 : q * A];
      stake[k] = fmax(stake[k], max(own) - min(own));
    }
  }
}
parameters {
  vector<lower=0, upper=1>[S] index;           // uniform, for want of a statement about it
  array[S] sum_to_zero_vector[K] z;            // logarithms of the shares, scaled
  real<lower=0> rationality;
  real<lower=0, upper=1> correlation;
}
transformed parameters {
  array[S] vector[K] log_proportion;
  // With this scale z keeps about the same one, whether the agents or the prior say more.
  vector[S] total = index ./ (1 - index);
  vector[S] scale = sqrt(K ./ (agents + total));
  for (s in 1 : S) {
    log_proportion[s] = log_softmax(scale[s] * z[s]);
  }
  array[K, Q] vector[A] action;
  for (k in 1 : K) {
    for (q in 1 : Q) {
      action[k, q] = softmax(rationality * payoff[k, (q - 1) * A + 1 : q * A]' / stake[k]);
    }
  }
}
model {
  // Dirichlet-multinomial probabilities by their products: the factor of the choice that follows i
  // equal ones is ((1 - correlation) * probability + correlation * i) / (1 - correlation +
  // correlation * (choices before)). It stays exact as the correlation goes to 0.
  array[K, Q * A] vector[most + 1] log_rising; // of 0 to most choices
  vector[most + 1] log_rising_total;
  log_rising_total[1] = 0;
  for (i in 1 : most) {
    log_rising_total[i + 1] = log_rising_total[i] + log(1 - correlation + correlation * (i - 1));
  }
  for (k in 1 : K) {
    for (q in 1 : Q) {
      for (a in 1 : A) {
        int c = (q - 1) * A + a;
        real first = (1 - correlation) * action[k, q][a];
        log_rising[k, c][1] = 0;
        for (i in 1 : most) {
          log_rising[k, c][i + 1] = log_rising[k, c][i] + log(first + correlation * (i - 1));
        }
      }
    }
  }
  for (s in 1 : S) {
    z[s] ~ log_ratios(log_proportion[s], total[s], scale[s]);
  }
  rationality ~ lognormal(log(logit(best_of_two)), spread);
  correlation ~ beta(rho_a, rho_b);
  for (d in 1 : D) {
    vector[K] joint = informs[d] * log_proportion[population[d]];
    for (k in 1 : K) {
      for (c in 1 : Q * A) {
        joint[k] += log_rising[k, c][counts[d, c] + 1];
      }
    }
    for (q in 1 : Q) {
      joint -= log_rising_total[choices[d, q] + 1];
    }
    target += weight[d] * (gold[d] > 0 ? joint[gold[d]] : log_sum_exp(joint));
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
