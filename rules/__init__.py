"""DECIDE: what WhatsApp allows, as pure functions of facts and a moment."""
