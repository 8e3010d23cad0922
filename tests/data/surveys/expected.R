# What the survey package says of public designs: run in this folder with R >= 4.2, survey >= 4.1.
# Writes the tables of the tests (its own data sets, grouped where rows are alike) and expected.json.
suppressMessages(library(survey))
options(digits = 16, survey.lonely.psu = "fail", scipen = 50)
found <- character()
say <- function(name, d, f) {
  m <- svymean(f, d, na.rm = TRUE)
  v <- as.matrix(vcov(m))
  p <- coef(m)
  k <- length(p)
  C <- 1 - diag(k)
  terms <- outer(1:k, 1:k, function(i, j) sprintf("x%d*x%d", i, j))[C > 0]
  names(m) <- paste0("x", 1:k)
  attr(m, "names") <- paste0("x", 1:k)
  dimnames(attr(m, "var")) <- list(names(p), names(p))
  se <- SE(svycontrast(m, parse(text = paste(terms, collapse = "+"))[[1]]))
  line <- function(x) paste0("[", paste(format(as.vector(x), digits = 16), collapse = ", "), "]")
  found <<- c(found, sprintf('"%s": {"shares": %s, "variance": %s, "se": %s, "df": %s}', name,
    line(p), line(v), format(as.numeric(se), digits = 16), degf(d)))
}
group <- function(x, by, weight, file) {  # rows that are alike, with sums of weights and squares
  key <- do.call(paste, c(x[by], sep = "\r"))
  first <- !duplicated(key)
  out <- x[first, by, drop = FALSE]
  at <- match(key, key[first])
  w <- x[[weight]]
  out$n <- as.vector(tapply(w, at, length))
  out$w <- as.vector(tapply(w, at, sum))
  out$w2 <- as.vector(tapply(w^2, at, sum))
  save(out, file)
}
save <- function(x, file) {
  for (i in names(x)) if (is.numeric(x[[i]])) x[[i]] <- format(x[[i]], digits = 16, trim = TRUE)
  write.csv(x, file, row.names = FALSE, quote = FALSE, na = "")
}

data(api)
group(apistrat, c("stype", "awards", "fpc"), "pw", "apistrat.csv")
say("apistrat", svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat), ~awards)
group(apiclus1, c("dnum", "stype", "both", "fpc"), "pw", "apiclus1.csv")
clus1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
say("apiclus1", clus1, ~stype)
say("apiclus1 yes", subset(clus1, both == "Yes"), ~stype)
group(apiclus2, c("dnum", "stype", "fpc1"), "pw", "apiclus2.csv")
say("apiclus2", svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc1, data = apiclus2), ~stype)
save(apiclus2[c("dnum", "snum", "fpc1", "fpc2", "pw", "both", "stype")], "apiclus2_stages.csv")
clus2 <- svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = apiclus2)
say("apiclus2 stages", clus2, ~stype)
say("apiclus2 stages yes", subset(clus2, both == "Yes"), ~stype)
both <- svyby(~stype, ~both, clus2, svymean, covmat = TRUE)  # No and Yes within E, H and M
together <- vcov(both)
found <- c(found, sprintf('"apiclus2 together": {"variance": [%s]}', paste(format(as.vector(together),
  digits = 16), collapse = ", ")))
say("apisrs", svydesign(id = ~1, fpc = ~fpc, data = apisrs), ~stype)
group(cbind(apisrs, one = 1), c("stype", "fpc"), "one", "apisrs.csv")

data(nhanes)
group(nhanes, c("SDMVSTRA", "SDMVPSU", "RIAGENDR", "race"), "WTMEC2YR", "nhanes.csv")
nh <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
say("nhanes", nh, ~factor(race))
say("nhanes 1", subset(nh, RIAGENDR == 1), ~factor(race))
say("nhanes 2", subset(nh, RIAGENDR == 2), ~factor(race))

data(yrbs)
group(yrbs, c("stratum", "psu", "qn8"), "weight", "yrbs.csv")
say("yrbs", svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = yrbs), ~factor(qn8))

data(hospital)
hospital$many <- 1 * (hospital$births > 1000)
save(hospital[c("hospno", "oblevel", "weighta", "tothosp", "many")], "hospital.csv")
say("hospital", svydesign(id = ~hospno, strata = ~oblevel, weights = ~weighta, fpc = ~tothosp,
  data = hospital), ~factor(many))

data(mu284)
mu284$size <- with(mu284, (y1 > 35) + (y1 > 45))
mu284$w <- with(mu284, n1 / 5 * n2 / 3)
save(mu284[c("id1", "n1", "id2", "n2", "w", "size")], "mu284.csv")
mu <- svydesign(id = ~id1, weights = ~w, fpc = ~n1, data = mu284)
say("mu284", mu, ~factor(size))
say("mu284 stages", svydesign(id = ~id1 + id2, weights = ~w, fpc = ~n1 + n2, data = mu284), ~factor(size))
some <- mu284[!(mu284$id1 == mu284$id1[1] & mu284$id2 > min(mu284$id2[mu284$id1 == mu284$id1[1]])), ]
save(some[c("id1", "n1", "id2", "n2", "w", "size")], "mu284_lonely.csv")
for (how in c("adjust", "remove")) {
  options(survey.lonely.psu = how)
  say(paste("mu284 lonely", how), svydesign(id = ~id1 + id2, weights = ~w, fpc = ~n1 + n2,
    data = some), ~factor(size))
}
options(survey.lonely.psu = "fail")

# strata, units with names that other clusters use too, and fractions of both stages
mu284$half <- ifelse(mu284$id1 <= median(unique(mu284$id1)), "a", "b")
mu284$f1 <- ifelse(mu284$half == "a", 0.3, 0.1)
mu284$f2 <- 3 / mu284$n2
mu284$unit <- ave(mu284$id2, mu284$id1, FUN = seq_along)
mu284$w2 <- with(mu284, 1 / f1 / f2)
save(mu284[c("half", "id1", "unit", "f1", "f2", "w2", "size")], "mu284_strata.csv")
say("mu284 strata", svydesign(id = ~id1 + unit, strata = ~half, weights = ~w2, fpc = ~f1 + f2,
  data = mu284), ~factor(size))

data(fpc)
fpc$level <- with(fpc, (x > 4) + (x > 5))
save(fpc[c("stratid", "psuid", "weight", "Nh", "level")], "fpc.csv")
say("fpc without", svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, nest = TRUE,
  data = fpc), ~factor(level))
say("fpc", svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, fpc = ~Nh, nest = TRUE,
  data = fpc), ~factor(level))

data(crowd)
crowd$large <- 1 * (crowd$rooms > 5)
lonely <- crowd[1:5, ]
save(lonely[c("cluster", "stratum", "weight", "large")], "crowd.csv")
for (how in c("adjust", "average", "remove", "certainty")) {
  options(survey.lonely.psu = how)
  say(paste("crowd", how), svydesign(id = ~cluster, strata = ~stratum, weights = ~weight,
    data = lonely), ~factor(large))
}
options(survey.lonely.psu = "fail")

data(election)
election_pps$won <- with(election_pps, (Bush > Kerry) + (Nader > 1000))
save(election_pps[c("wt", "won")], "election.csv")
say("election", svydesign(id = ~1, weights = ~wt, data = election_pps), ~factor(won))

replicates <- function(d, x, keep, weight, file) {
  w <- weights(d, "analysis")
  colnames(w) <- paste0("rep_", seq_len(ncol(w)))
  save(cbind(x[keep], w = x[[weight]], w), file)
}
data(scd)
halves <- 2 * cbind(c(1, 0, 1, 0, 1, 0), c(1, 0, 0, 1, 0, 1), c(0, 1, 1, 0, 0, 1), c(0, 1, 0, 1, 1, 0))
scd$many <- with(scd, (arrests > 100) + (arrests > 300))
brr <- svrepdesign(data = scd, type = "BRR", repweights = halves, combined.weights = FALSE, weights = ~alive)
replicates(brr, scd, "many", "alive", "scd_brr.csv")
say("scd brr", brr, ~factor(many))
say("scd brr mse", svrepdesign(data = scd, type = "BRR", repweights = halves, mse = TRUE,
  combined.weights = FALSE, weights = ~alive), ~factor(many))
of_scd <- svydesign(id = ~ambulance, strata = ~ESA, weights = ~alive, nest = TRUE, data = scd)
fay <- as.svrepdesign(of_scd, type = "Fay", fay.rho = 0.3)
replicates(fay, scd, "many", "alive", "scd_fay.csv")
say("scd fay", fay, ~factor(many))
jk1 <- as.svrepdesign(svydesign(id = ~id1, weights = ~w, data = mu284), type = "JK1")
replicates(jk1, mu284, "size", "w", "mu284_jk1.csv")
say("mu284 jk1", jk1, ~factor(size))
jkn <- as.svrepdesign(svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, nest = TRUE,
  data = fpc), type = "JKn")
replicates(jkn, fpc, "level", "weight", "fpc_jkn.csv")
say("fpc jkn", jkn, ~factor(level))
cat("rscales of JKn:", jkn$rscales, "scale", jkn$scale, "\n")
set.seed(1)
boot <- as.svrepdesign(svydesign(id = ~id1, weights = ~w, data = mu284), type = "bootstrap", replicates = 12)
cat("scale of bootstrap:", boot$scale, unique(boot$rscales), "\n")
replicates(boot, mu284, "size", "w", "mu284_bootstrap.csv")
say("mu284 bootstrap", boot, ~factor(size))
# replicates as files hold them: the same twelve under other methods, factors in place of weights,
# and more replicates than the clusters can tell apart
many <- weights(boot, "analysis")
as_stated <- function(...) svrepdesign(data = mu284, weights = ~w, repweights = many, ...)
say("mu284 successive", as_stated(type = "successive-difference"), ~factor(size))
say("mu284 acs", as_stated(type = "ACS", mse = TRUE), ~factor(size))
say("mu284 jk2", as_stated(type = "JK2"), ~factor(size))
say("mu284 fay", as_stated(type = "Fay", rho = 0.5), ~factor(size))
say("mu284 jkn", as_stated(type = "JKn", scale = 1, rscales = (1:12) / 13), ~factor(size))
say("mu284 other", as_stated(type = "other", scale = 0.3, rscales = c(0, (1:11) / 12)), ~factor(size))
colnames(halves) <- paste0("rep_", 1:4)
save(cbind(scd["many"], w = scd$alive, halves), "scd_factors.csv")
say("scd factors", brr, ~factor(many))
set.seed(2)
thrice <- as.svrepdesign(of_scd, type = "subbootstrap", replicates = 20)
replicates(thrice, scd, "many", "alive", "scd_bootstrap.csv")
say("scd bootstrap", svrepdesign(data = scd, weights = ~alive, type = "bootstrap",
  repweights = weights(thrice, "analysis"), scale = 1 / 19, rscales = rep(1, 20)), ~factor(many))
cat("{\n", paste(found, collapse = ",\n"), "\n}\n", sep = "", file = "expected.json")
