"""PRETEND: a stand-in for Meta's WhatsApp Cloud API over real HTTP, and customers' phones to press on."""
