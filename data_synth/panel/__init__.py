"""The direct ``person_month`` panel: columns, frames and streamed files."""
