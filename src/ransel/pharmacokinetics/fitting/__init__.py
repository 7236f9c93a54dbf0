"""The parameters of one child out of a few measured levels, with how sure they are."""
