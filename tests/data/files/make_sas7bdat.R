# Writes tiny.sas7bdat and dated.sas7bdat; pyreadstat reads the format and cannot write it.
#   Rscript make_sas7bdat.R tests/data/files
# Made with R and the package haven, whose write_sas() is another program than the one tested.
suppressWarnings({
  library(haven)
  folder <- commandArgs(trailingOnly = TRUE)[1]
  tiny <- data.frame(
    unit = c("0301", "0301", "1103", "1103"),
    year = c(2015, 2016, 2015, 2016),
    y = c(1.5, NA, -2.25, 0),
    treat = c(1, 1, 0, 0)
  )
  write_sas(tiny, file.path(folder, "tiny.sas7bdat"))
  dated <- data.frame(
    lopenr_person = c("0001", "0002"),
    fra = as.Date(c("2015-02-28", "1959-12-31")),
    til = as.POSIXct(c("2016-02-29 13:00:00", NA), tz = "UTC"),
    gruppe = c("1", "2")
  )
  write_sas(dated, file.path(folder, "dated.sas7bdat"))
})
