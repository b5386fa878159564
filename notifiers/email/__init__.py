"""E-mail by SMTP: one message per recipient, content-free, over kept connections."""
