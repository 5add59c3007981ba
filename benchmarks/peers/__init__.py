"""What HeadsUp is measured beside: other bots that do the same work, and the Telegram that all of them talk to."""
