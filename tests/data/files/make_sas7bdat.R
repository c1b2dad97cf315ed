# Writes tiny.sas7bdat beside itself; pyreadstat reads the format and cannot write it.
#   Rscript make_sas7bdat.R tests/data/files/tiny.sas7bdat
# Made with R and the package haven, whose write_sas() is another program than the one tested.
suppressWarnings({
  library(haven)
  out <- commandArgs(trailingOnly = TRUE)[1]
  tiny <- data.frame(
    unit = c("0301", "0301", "1103", "1103"),
    year = c(2015, 2016, 2015, 2016),
    y = c(1.5, NA, -2.25, 0),
    treat = c(1, 1, 0, 0)
  )
  write_sas(tiny, out)
})
