# `Rscript raked.R` in this folder: schools of R's survey 4.1.1 (`api`, California Department of Education),
# raked to the known kinds of all 6,194 schools; every replicate of the jackknife is raked anew
library(survey); data(api)
level <- function(x) as.character(cut(x, c(0, 600, 700, 1000), labels = c("low", "middle", "high")))
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
every <- list(maxit = 10000, epsilon = 1e-11, verbose = FALSE)
told <- function(design, margins, totals) {
  r <- rake(design, margins, totals, control = every)
  m <- svymean(~goal, r)
  list(shares = as.numeric(coef(m)), variance = as.numeric(vcov(m)), weights = as.numeric(sum(weights(r, "sampling")^2)))
}
clus <- apiclus1; clus$goal <- factor(level(clus$api00), c("low", "middle", "high"))
strat <- apistrat; strat$goal <- factor(level(strat$api00), c("low", "middle", "high"))
srs <- apisrs; srs$goal <- factor(level(srs$api00), c("low", "middle", "high"))
jk1 <- as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, data = clus), type = "JK1", mse = TRUE)
jkn <- as.svrepdesign(svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat), type = "JKn", mse = TRUE)
one <- as.svrepdesign(svydesign(id = ~1, weights = ~1, data = srs), type = "JK1", mse = TRUE)
awards <- data.frame(awards = c("No", "Yes"), Freq = c(2027, 4167))
found <- list(
  clusters = told(jk1, list(~stype, ~sch.wide), list(types, wide)),
  strata = told(jkn, list(~sch.wide, ~awards), list(wide, awards)),
  agents = told(one, list(~stype, ~sch.wide, ~awards), list(types, wide, awards))
)
cols <- c("goal", "stype", "sch.wide", "awards")
write.csv(cbind(clus[, cols], dnum = clus$dnum, pw = format(clus$pw, digits = 15)), "raked_clusters.csv", row.names = FALSE, quote = FALSE)
write.csv(cbind(strat[, cols], pw = format(strat$pw, digits = 15)), "raked_strata.csv", row.names = FALSE, quote = FALSE)
write.csv(srs[, cols], "raked_agents.csv", row.names = FALSE, quote = FALSE)
num <- function(x) paste0("[", paste(sprintf("%.15g", x), collapse = ", "), "]")
one <- function(n) sprintf(' "%s": {"shares": %s, "variance": %s, "weight_sq_sum": %.15g}', n, num(found[[n]]$shares), num(found[[n]]$variance), found[[n]]$weights)
writeLines(c("{", paste(sapply(names(found), one), collapse = ",\n"), "}"), "raked.json")
# the same with margins of each kind of school: a population each
pop <- apipop[, c("stype", "sch.wide", "awards")]
crossed <- function(name) { t <- as.data.frame(table(stype = pop$stype, x = pop[[name]])); names(t)[2] <- name; t }
parts <- rake(one_design <- as.svrepdesign(svydesign(id = ~1, weights = ~1, data = srs), type = "JK1", mse = TRUE),
  list(~stype + sch.wide, ~stype + awards), list(crossed("sch.wide"), crossed("awards")), control = every)
of <- function(k) {
  m <- svymean(~goal, parts[srs$stype == k, ])
  t <- function(name) paste(sprintf('"%s": %d', c("No", "Yes"), as.integer(table(pop[[name]][pop$stype == k])[c("No", "Yes")])), collapse = ", ")
  sprintf(' "%s": {"shares": %s, "variance": %s, "margins": {"sch.wide": {%s}, "awards": {%s}}}', k, num(coef(m)), num(vcov(m)), t("sch.wide"), t("awards"))
}
writeLines(c("{", paste(sapply(c("E", "H", "M"), of), collapse = ",\n"), "}"), "raked_populations.json")
