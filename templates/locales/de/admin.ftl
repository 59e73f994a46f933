# Was die Seiten der Administration sagen. Kein HTML. Wörter, die auch andere Seiten sagen, stehen in pages.ftl.

# Um jede Seite herum
admin-rooms = Administration
admin-overview = Übersicht
admin-requests = Anfragen
admin-grants = Zugriffe
admin-users = Personen
admin-bundles = Bündel
admin-queue = Postausgang
admin-emails = E-Mail-Vorschau
admin-keys = Schlüssel
admin-audit = Protokoll
admin-purge = Bereinigung
admin-search = Personen, Bündel, Zugriffe, Anfragen und E-Mails suchen
admin-search-hint = Adresse, Name oder Nummer
admin-search-button = Suchen

# Listen
admin-nothing = Hier gibt es keine Einträge.
admin-show-all = Alle anzeigen
admin-all-of-it = Alle
admin-first = Erste Seite
admin-further = Weiter
admin-back = Zurück
admin-more-than = mehr als { $number }
admin-only-of = Nur Einträge zu { $whose }.
admin-only-gave = Nur Zugriffe, die { $whose } gegeben hat.
admin-only-holds = Nur Zugriffe, die { $whose } persönlich hat.
admin-stale = Lange offen
admin-undeliverable = E-Mail nicht zugestellt
admin-ending = Endet innerhalb einer Woche
admin-admins = Administration
admin-admin = Administration
admin-external = Extern
admin-gone = Entfernt
admin-here = Aktiv

# Spalten und Angaben
admin-number = Nummer
admin-for-whom = Anfrage von
admin-decides = Entscheidung durch
admin-what = Daten
admin-state = Status
admin-asked-at = Gesendet
admin-ends-at = Erledigt oder offen bis
admin-to-whom = Zugriff für
admin-given-by = Freigegeben von
admin-since = Seit
admin-until = Bis
admin-name = Name
admin-owner = Gehört
admin-level = Berechtigung
admin-email = E-Mail
admin-reader = An
admin-tries = Versuche
admin-about = Betrifft
admin-when = Zeitpunkt
admin-app = App
admin-scopes = Scopes
admin-made = Erstellt
admin-last-request = Letzte Anfrage
admin-happened = Ereignis
admin-who = Durch
admin-filed-by = Gesendet von
admin-asked-for = Angefragt
admin-given = Genehmigt
admin-expires-at = Offen bis
admin-message = Nachricht
admin-renews = Verlängert
admin-limited-to = Beschränkt auf
admin-reshare = Darf weitergegeben werden
admin-yes = Ja
admin-comment = Kommentar
admin-address = Adresse
admin-username = Benutzername
admin-language = Sprache und Zeitzone
admin-resources = Ressourcen
admin-last-answer = Letzte Antwort des Servers
admin-message-id = Message-ID
admin-redeem-urls = Links dürfen führen zu
admin-relationship = Eine Beziehung: öffnet die eigenen Daten der jeweiligen Person
admin-less = Weniger als angefragt
admin-purged = Bereinigt
admin-apps-own = Der App selbst
admin-no-scope = Keine
admin-never = Keine gespeichert
admin-key-live = Gültig
admin-is-revoked = Widerrufen
admin-request-number = Anfrage #{ $number }
admin-grant-number = Zugriff #{ $number }
admin-next-try = Nächster Versuch: { $moment }
admin-mail-state = { $state ->
    [queued] E-Mail wartet auf Versand
    [sent] E-Mail gesendet
    [deferred] E-Mail aufgeschoben
   *[bounced] E-Mail nicht zugestellt
}
admin-email-state = { $state ->
    [queued] Wartet auf Versand
    [sent] Gesendet
    [dead] Fehlgeschlagen
   *[cancelled] Nicht mehr nötig
}

# Verlauf
admin-story = Verlauf
admin-line-email = E-Mail: { $kind }
admin-line-to = an { $who }
admin-line-went = { $state ->
    [queued] Wartet auf Versand.
    [sent] Gesendet.
    [dead] Fehlgeschlagen.
   *[cancelled] Nicht gesendet, da nicht mehr nötig.
}
admin-its-emails = E-Mails
admin-came-of-it = Daraus entstandener Zugriff
admin-came-from = Anfragen zu diesem Zugriff
admin-shared-from = Weitergegeben aus
admin-shared-on = Weitergegeben an
admin-by = durch { $who }
admin-by-app = durch die App { $app }
admin-by-through = durch { $who } über { $app }
admin-by-house = durch das System oder die Systemverwaltung
admin-the-app = die App { $app }
admin-through = { $who }, über { $app }
admin-the-house = das System oder die Systemverwaltung
admin-from = Von { $peer }
admin-reason = Begründung: { $reason }
admin-event = { $event ->
    [request-filed] Anfrage gesendet
    [request-approved] Genehmigt
    [request-declined] Abgelehnt
    [request-withdrawn] Zurückgezogen
    [request-expired] Abgelaufen
    [request-cancelled] Geschlossen
    [request-resent] E-Mail noch einmal gesendet
    [request-reminded] Erinnerung gesendet
    [letter-bounced] E-Mail nicht zugestellt
    [letter-retried] E-Mail-Versand erneut versucht
    [grant-made] Zugriff gegeben
    [grant-changed] Zugriff geändert
    [grant-prolonged] Zugriff verlängert
    [grant-shortened] Verlängerung rückgängig gemacht
    [grant-superseded] Durch neueren Zugriff ersetzt
    [grant-revoked] Zugriff widerrufen
    [grant-deleted] Zugriff gelöscht
    [user-added] Person hinzugefügt
    [user-set] Person geändert
    [user-renamed] Person umbenannt
    [user-address-changed] Adresse geändert
    [user-username-changed] Benutzername geändert
    [user-password-set] Passwort gesetzt
    [user-removed] Person entfernt
    [identity-linked] Konto verknüpft
    [identity-unlinked] Kontoverknüpfung gelöst
    [browser-remembered] Browser gemerkt
    [browser-forgotten] Gemerkter Browser entfernt
    [browser-copied] Kopiertes Browser-Cookie verwendet, Browser entfernt
    [user-change-confirmed] Kontoänderung bestätigt
    [user-language-chosen] Sprache und Zeitzone gewählt
    [session-ended] Sitzung beendet
    [sessions-ended] Alle Sitzungen beendet
    [asker-blocked] Person blockiert
    [asker-unblocked] Blockierung der Person aufgehoben
    [app-blocked] App blockiert
    [app-unblocked] Blockierung der App aufgehoben
    [group-added] Gruppe hinzugefügt
    [group-renamed] Gruppe umbenannt
    [group-member-added] Zur Gruppe hinzugefügt
    [bundle-added] Bündel hinzugefügt
    [bundle-handed-over] Bündel übertragen
    [bundle-renamed] Bündel umbenannt
    [bundle-removed] Bündel entfernt
    [resource-added] Ressource hinzugefügt
    [app-added] App erstellt
    [app-changed] App geändert
    [key-added] Schlüssel erstellt
    [key-revoked] Schlüssel widerrufen
    [purged] Bereinigt
    [database-restored] Datenbank wiederhergestellt
    [server-key-renewed] Serverschlüssel erneuert
   *[other] { $word }
}

# Aktionen
admin-cancel = Anfrage schließen
admin-cancel-what = Die Anfrage wird ohne Entscheidung geschlossen. Wir benachrichtigen die anfragende und die entscheidende Person per E-Mail.
admin-cancel-button = Anfrage schließen
admin-resend = E-Mail noch einmal senden
admin-resend-what = Die Person, die entscheidet, bekommt eine weitere E-Mail mit einem neuen Link. Frühere Links gelten weiter.
admin-resend-button = E-Mail noch einmal senden
admin-revoke = Widerrufen
admin-revoke-what = Dieser Zugriff endet sofort. Daraus weitergegebene Zugriffe enden ebenfalls.
admin-revoke-button = Zugriff widerrufen
admin-retry = Erneut versuchen
admin-retry-what = Die E-Mail wird sofort gesendet, mit den aktuellen Angaben.
admin-retry-button = E-Mail erneut senden
admin-retry-all = Alle fehlgeschlagenen E-Mails erneut senden
admin-retry-all-what = Alle fehlgeschlagenen E-Mails kommen noch einmal in den Postausgang. Nicht mehr nötige E-Mails werden dabei verworfen.
admin-would-retry = Fehlgeschlagene E-Mails
admin-retry-all-button = E-Mails erneut senden ({ $number })
admin-cancel-all = Alle Anfragen dieser App schließen
admin-cancel-all-what = Alle offenen Anfragen von { $app } werden geschlossen. Wir benachrichtigen alle Beteiligten per E-Mail. Bestehende Zugriffe ändern sich nicht.
admin-would-cancel = Zu schließende Anfragen
admin-cancel-all-button = Anfragen schließen ({ $number })
admin-revoke-held = Alle Zugriffe dieser Person widerrufen
admin-revoke-held-what = Alle Zugriffe, die { $who } persönlich hat, enden sofort. Daraus weitergegebene Zugriffe enden ebenfalls. Zugriffe über Gruppen ändern sich nicht.
admin-revoke-given = Alle Freigaben dieser Person widerrufen
admin-revoke-given-what = Alle Zugriffe, die { $who } gegeben hat, enden sofort. Daraus weitergegebene Zugriffe enden ebenfalls.
admin-would-revoke = Zu widerrufende Zugriffe
admin-revoke-all-button = Zugriffe widerrufen ({ $number })
admin-key-revoke = Schlüssel widerrufen
admin-key-revoke-what = { $app } kann diesen Schlüssel nicht mehr verwenden. Offene Anfragen der App werden geschlossen. Bestehende Zugriffe ändern sich nicht.
admin-key-revoke-button = Schlüssel widerrufen
admin-said-cancelled = Die Anfrage ist geschlossen.
admin-said-resent = Wir senden eine weitere E-Mail.
admin-said-revoked = Der Zugriff ist widerrufen.
admin-said-retried = Wir senden die E-Mail noch einmal.
admin-said-not-retried = Diese E-Mail wurde schon gesendet oder ist nicht mehr nötig.
admin-said-key-revoked = Der Schlüssel ist widerrufen.

# Lange Arbeit
admin-work-revoke = Zugriffe werden widerrufen
admin-work-done = Fertig.
admin-work-goes-on = Der Vorgang läuft noch. Sie können diese Seite verlassen.
admin-work-left = Der Vorgang wurde vorzeitig angehalten. Es ist nichts verloren. Sie können ihn fortsetzen.
admin-look-again = Fortschritt aktualisieren
admin-go-on = Vorgang fortsetzen
admin-of = { $done } von { $total }
admin-removed = Gelöschte Datensätze
admin-checked = Geprüfte Einträge
admin-cancelled = Geschlossene Anfragen
admin-revoked = Widerrufene Zugriffe
admin-queued-again = Wieder eingereihte E-Mails
admin-started = Begonnen
admin-last-step = Letzter Schritt
admin-verify = Protokoll prüfen
admin-verify-what = Jeder Eintrag wird mit dem vorherigen abgeglichen, wie beim Befehl „audit verify“. Bei einem langen Protokoll kann das eine Weile dauern.
admin-verify-button = Protokoll prüfen
admin-audit-holds = Das Protokoll ist unversehrt. Kein Eintrag wurde geändert und keiner fehlt.
admin-audit-broken = Das Protokoll wurde von außen geändert: Kette { $chain }, Eintrag { $row }.
admin-purge-what = Löscht Anfragen, die seit Langem erledigt sind, mit ihren E-Mails und Links. Löscht auch alte Sitzungen, Anmeldecodes und gespeicherte Antworten. Aktuelle Zugriffe und das Protokoll bleiben.
admin-purge-days = Tage seit der Erledigung (mindestens)
admin-purge-days-odd = Geben Sie eine ganze Zahl von 0 bis { $most } ein.
admin-purge-count = Vorschau anzeigen
admin-would-go = Zu löschende Datensätze
admin-purge-nothing = Es gibt keine so alten Datensätze.
admin-purge-button = Diese Datensätze löschen
admin-tokens = Links
admin-sessions = Sitzungen und Zugriffstoken
admin-codes = Anmeldecodes
admin-answers = Gespeicherte Antworten

# Suche
admin-search-heading = Suche
admin-search-what = Geben Sie eine Nummer, eine Adresse, den Anfang eines Namens oder den Link einer Ressource ein.
admin-search-for = Ergebnisse für „{ $text }“
admin-search-nothing = Keine Ergebnisse für „{ $text }“. Geben Sie den Anfang eines Namens ein, und achten Sie auf Groß- und Kleinschreibung.

# Die Übersicht
admin-tile-waiting = Offene Anfragen
admin-tile-stale = Lange offen
admin-tile-undeliverable = E-Mail nicht zugestellt
admin-tile-dead = Fehlgeschlagene E-Mails
admin-tile-ending = Zugriffe, die innerhalb einer Woche enden
admin-most = Höchster Wert der Skala: { $number }
admin-first-of-them = Älteste zuerst
admin-by-day = Anfragen pro Tag
admin-by-day-said = Balkendiagramm der Anfragen pro Tag. Es zeigt, wie viele gesendet und wie viele auf welche Weise erledigt wurden. Die Tabelle darunter enthält dieselben Zahlen.
admin-span = Zeitraum
admin-days = { $number } Tage
admin-day = Tag
admin-chart-since = Gezählt werden nur die neuesten Änderungen, ab { $moment }.
admin-asked = Gesendet
admin-ended-otherwise = Anders erledigt
admin-as-table = Als Tabelle anzeigen
admin-times = Dauer bis zur Entscheidung
admin-within-minutes = Bis 10 Minuten
admin-within-hour = Bis 1 Stunde
admin-within-six-hours = Bis 6 Stunden
admin-within-day = Bis 1 Tag
admin-within-three-days = Bis 3 Tage
admin-within-longer = Länger
admin-outcomes = E-Mail-Zustellung
admin-house = System
admin-mail = E-Mail
admin-mail-goes = Versand läuft
admin-mail-paused = Pausiert bis { $moment }
admin-emails-wait = E-Mails, die auf Versand warten
admin-over = Erledigt, kann bereinigt werden
admin-unswept = Abgelaufen, noch nicht abgeschlossen
admin-version = Version
admin-schema = Schema
admin-epoch = Epoche
admin-holds = Zugriffe dieser Person
admin-gave = Freigaben dieser Person
