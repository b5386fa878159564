"""Who buys, makes and holds what: lists of suppliers, facilities, brands and holdings."""
