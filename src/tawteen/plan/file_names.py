"""Names of files that stand beside a programme's: known without loading what reads them."""

FLOWS_FILE = "policy_flows.parquet"
"""What is made, moved, worked and paid in each course of the futures of a policy."""
