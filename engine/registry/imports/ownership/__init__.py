"""Who owns whom: registers of companies and statements of beneficial ownership."""
