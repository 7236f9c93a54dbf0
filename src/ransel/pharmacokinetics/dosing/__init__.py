"""What children get: by a protocol, an order, a ledger, or typed by hand."""
