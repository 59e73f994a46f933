# Was die Seiten der Verwaltung sagen. Hier steht kein HTML. Worte, die auch andere Seiten sagen, sind in pages.ftl.

# Um jede Seite
admin-rooms = Verwaltung
admin-overview = Übersicht
admin-requests = Anfragen
admin-grants = Zugriffe
admin-users = Personen
admin-bundles = Bündel
admin-queue = Postausgang
admin-letters = Briefe
admin-keys = Schlüssel
admin-audit = Protokoll
admin-purge = Aufräumen
admin-search = Personen, Bündel, Zugriffe, Anfragen und Briefe suchen
admin-search-hint = Adresse, Name oder Nummer
admin-search-button = Suchen

# Listen
admin-clock = Zeiten nach der Uhr von { $zone }.
admin-nothing = Hier ist nichts.
admin-show-all = Alle zeigen
admin-all-of-it = Alle
admin-first = Vom Anfang an
admin-further = Weiter
admin-back = Zurück
admin-more-than = mehr als { $number }
admin-only-of = Nur was mit { $whose } zu tun hat.
admin-only-gave = Nur was { $whose } gegeben hat.
admin-only-holds = Nur was { $whose } namentlich hat.
admin-stale = über die Hälfte der Zeit
admin-undeliverable = Brief kam nicht an
admin-ending = Endet innerhalb einer Woche
admin-admins = Verwaltende
admin-admin = verwaltet
admin-external = extern
admin-gone = nicht mehr da
admin-here = da

# Spalten und Angaben
admin-number = Nummer
admin-for-whom = Für wen
admin-decides = Entscheidet
admin-what = Was
admin-state = Stand
admin-asked-at = Gefragt
admin-ends-at = Beendet oder endet
admin-to-whom = Wem
admin-given-by = Von wem
admin-since = Seit
admin-until = Bis
admin-name = Name
admin-owner = Wem es gehört
admin-level = Stufe
admin-letter = Brief
admin-reader = An
admin-tries = Versuche
admin-about = Worüber
admin-when = Wann
admin-app = App
admin-scopes = Darf
admin-made = Gemacht
admin-last-request = Letzte Anfrage
admin-happened = Was geschah
admin-who = Durch wen
admin-filed-by = Gestellt von
admin-asked-for = Erbeten
admin-given = Gegeben
admin-expires-at = Endet
admin-message = Nachricht
admin-renews = Verlängert den Zugriff
admin-limited-to = Beschränkt auf
admin-reshare = Darf weitergegeben werden
admin-yes = Ja
admin-comment = Bemerkung
admin-address = Adresse
admin-username = Benutzername
admin-language = Sprache und Zone
admin-resources = Ressourcen
admin-last-answer = Letzte Antwort
admin-message-id = Message-ID
admin-redeem-urls = Ihre Links dürfen führen zu
admin-relationship = eine Beziehung: alle geben vom Eigenen
admin-less = weniger als erbeten
admin-purged = aufgeräumt
admin-apps-own = der App eigen
admin-no-scope = nichts
admin-never = keine, die noch da ist
admin-key-live = gültig
admin-request-number = Anfrage #{ $number }
admin-grant-number = Zugriff #{ $number }
admin-next-try = nächster Versuch { $moment }
admin-mail-state = { $state ->
    [queued] Brief wartet
    [sent] Brief verschickt
    [deferred] Brief wird wieder versucht
   *[bounced] Brief kam nicht an
}
admin-letter-state = { $state ->
    [queued] wartet
    [sent] verschickt
    [dead] aufgegeben
   *[cancelled] nicht mehr nötig
}

# Die Geschichte
admin-story = Die Kette der Zustimmung
admin-line-letter = Brief: { $kind }
admin-line-to = an { $who }
admin-line-went = { $state ->
    [queued] Er wartet.
    [sent] Er wurde verschickt.
    [dead] Er wurde aufgegeben.
   *[cancelled] Er war nicht mehr nötig.
}
admin-its-letters = Ihre Briefe
admin-came-of-it = Was daraus wurde
admin-came-from = Die Anfragen dahinter
admin-shared-from = Wovon es weitergegeben wurde
admin-shared-on = Was davon weitergegeben wurde
admin-by = durch { $who }
admin-by-app = durch die App { $app }
admin-by-through = durch { $who } über { $app }
admin-by-house = durch das Haus selbst oder seinen Betrieb
admin-the-app = die App { $app }
admin-through = { $who }, über { $app }
admin-the-house = das Haus selbst oder sein Betrieb
admin-from = Von { $peer }
admin-reason = Mit den Worten: { $reason }
admin-event = { $event ->
    [request-filed] Gefragt
    [request-approved] Zugestimmt
    [request-declined] Abgelehnt
    [request-withdrawn] Zurückgezogen
    [request-expired] Ohne Antwort beendet
    [request-cancelled] Aufgehoben
    [request-resent] Brief noch einmal verschickt
    [request-reminded] Erinnert
    [letter-bounced] Brief kam nicht an
    [letter-retried] Brief erneut versucht
    [grant-made] Zugriff gegeben
    [grant-changed] Zugriff geändert
    [grant-prolonged] Zugriff verlängert
    [grant-shortened] Verlängerung zurückgenommen
    [grant-superseded] Durch neueren Zugriff ersetzt
    [grant-revoked] Zugriff entzogen
    [grant-deleted] Zugriff gelöscht
    [user-added] Person hinzugefügt
    [user-set] Person geändert
    [user-renamed] Person umbenannt
    [user-address-changed] Adresse geändert
    [user-username-changed] Benutzername geändert
    [user-password-set] Passwort gesetzt
    [user-removed] Person entfernt
    [identity-linked] Konto eines Anbieters verknüpft
    [identity-unlinked] Konto eines Anbieters gelöst
    [session-ended] Sitzung beendet
    [sessions-ended] Alle Sitzungen beendet
    [asker-blocked] Person gesperrt
    [asker-unblocked] Sperre einer Person aufgehoben
    [app-blocked] App gesperrt
    [app-unblocked] Sperre einer App aufgehoben
    [group-added] Gruppe hinzugefügt
    [group-renamed] Gruppe umbenannt
    [group-member-added] Zu einer Gruppe hinzugefügt
    [bundle-added] Bündel hinzugefügt
    [bundle-handed-over] Bündel übergeben
    [bundle-renamed] Bündel umbenannt
    [bundle-removed] Bündel entfernt
    [resource-added] Ressource hinzugefügt
    [key-added] Schlüssel gemacht
    [key-revoked] Schlüssel zurückgenommen
    [purged] Aufgeräumt
    [database-restored] Datenbank wiederhergestellt
    [server-key-renewed] Schlüssel des Hauses erneuert
   *[other] { $word }
}

# Taten
admin-cancel = Aufheben
admin-cancel-what = Die Anfrage endet ohne Antwort. Wer gefragt hat und wer entschieden hätte, erfährt es per E-Mail.
admin-cancel-button = Anfrage aufheben
admin-resend = Brief noch einmal schicken
admin-resend-what = Wer entscheidet, bekommt noch einen Brief mit eigenem Link; die früheren bleiben gültig.
admin-resend-button = Noch einmal schicken
admin-revoke = Entziehen
admin-revoke-what = Der Zugriff endet sofort, und mit ihm jeder, der davon weitergegeben wurde.
admin-revoke-button = Zugriff entziehen
admin-retry = Jetzt erneut versuchen
admin-retry-what = Der Brief geht sofort noch einmal. Was er sagt, wird dabei neu beurteilt.
admin-retry-button = Erneut versuchen
admin-retry-all = Alle aufgegebenen erneut versuchen
admin-retry-all-what = Jeder aufgegebene Brief kommt noch einmal an die Reihe. Was niemand mehr braucht, fällt dabei weg.
admin-would-retry = Aufgegebene Briefe
admin-retry-all-button = { $number } erneut versuchen
admin-cancel-all = Alles Erbetene aufheben
admin-cancel-all-what = Jede Anfrage von { $app }, die niemand beantwortet hat, wird aufgehoben. Die Betroffenen erfahren es per E-Mail. Gegebener Zugriff bleibt.
admin-would-cancel = Anfragen, die aufgehoben würden
admin-cancel-all-button = { $number } aufheben
admin-revoke-held = Alles entziehen, was sie haben
admin-revoke-held-what = Aller Zugriff, den { $who } namentlich hat, endet sofort, und mit ihm was davon weitergegeben wurde. Was über eine Gruppe zu sehen ist, bleibt.
admin-revoke-given = Alles entziehen, was sie gegeben haben
admin-revoke-given-what = Aller Zugriff, den { $who } gegeben hat, endet sofort, und mit ihm was davon weitergegeben wurde.
admin-would-revoke = Zugriffe, die enden würden
admin-revoke-all-button = { $number } entziehen
admin-key-revoke = Schlüssel zurücknehmen
admin-key-revoke-what = { $app } kann mit diesem Schlüssel nichts mehr. Was erbeten und nicht beantwortet ist, wird aufgehoben; gegebener Zugriff bleibt.
admin-key-revoke-button = Schlüssel zurücknehmen
admin-said-cancelled = Die Anfrage wurde aufgehoben.
admin-said-resent = Ein weiterer Brief ist unterwegs.
admin-said-revoked = Der Zugriff wurde entzogen.
admin-said-retried = Der Brief wird erneut versucht.
admin-said-not-retried = Der Brief wurde verschickt oder ist nicht mehr nötig.
admin-said-key-revoked = Der Schlüssel wurde zurückgenommen.

# Lange Arbeit
admin-work-revoke = Zugriffe entziehen
admin-work-done = Fertig. Es ist nichts mehr zu tun.
admin-work-goes-on = Es geht weiter. Sie können diese Seite verlassen.
admin-work-left = Es hielt vor dem Ende an. Nichts ist verloren: es geht von dort weiter.
admin-look-again = Sehen, wie weit es jetzt ist
admin-go-on = Weitermachen
admin-of = { $done } von { $total }
admin-removed = Zeilen entfernt
admin-checked = Zeilen geprüft
admin-cancelled = Anfragen aufgehoben
admin-revoked = Zugriffe entzogen
admin-queued-again = Briefe wieder in der Reihe
admin-started = Begonnen
admin-last-step = Letzter Schritt
admin-verify = Protokoll prüfen
admin-verify-what = Jede Zeile wird an der davor geprüft, wie es der Befehl audit verify tut. Bei vielen dauert das eine Weile.
admin-verify-button = Prüfen
admin-audit-holds = Das Protokoll ist ganz: keine Zeile wurde geändert, keine fehlt.
admin-audit-broken = Das Protokoll wurde von außen geändert: Kette { $chain }, Zeile { $row }.
admin-purge-what = Was lange genug her ist, wird entfernt: Anfragen mit ihren Briefen und Links, Sitzungen, Codes, aufbewahrte Antworten. Nie ein gültiger Link, ein Zugriff oder das Protokoll.
admin-purge-days = Was so viele Tage her ist oder länger
admin-purge-days-odd = Geben Sie eine ganze Zahl von Tagen von 0 bis { $most } ein.
admin-purge-count = Nur zählen
admin-would-go = Was gehen würde
admin-purge-nothing = Nichts ist so lange vorbei.
admin-purge-button = Entfernen
admin-tokens = Links in Briefen
admin-sessions = Sitzungen und Zugriffstoken
admin-codes = Anmeldecodes
admin-answers = Aufbewahrte Antworten

# Suche
admin-search-heading = Suche
admin-search-what = Geben Sie eine Nummer, eine Adresse, den Anfang eines Namens oder den Link von etwas ein.
admin-search-for = Was für „{ $text }“ gefunden wurde.
admin-search-nothing = Nichts wurde gefunden. Namen findet man über ihren Anfang, groß und klein wie geschrieben.

# Die Übersicht
admin-tile-waiting = Warten auf Antwort
admin-tile-stale = Über die Hälfte der Zeit
admin-tile-undeliverable = Brief kam nicht an
admin-tile-dead = Aufgegebene Briefe
admin-tile-ending = Zugriffe, die innerhalb einer Woche enden
admin-most = Der höchste Balken: { $number }
admin-first-of-them = Die ersten davon
admin-by-day = Anfragen, Tag für Tag
admin-by-day-said = Balken für jeden Tag: wie viele gestellt wurden, und wie viele wie endeten. Dieselben Zahlen stehen in der Tabelle darunter.
admin-span = Wie weit zurück
admin-days = { $number } Tage
admin-day = Tag
admin-chart-since = Nur die neuesten Änderungen sind gezählt: alle seit { $moment }.
admin-asked = gefragt
admin-ended-otherwise = anders beendet
admin-as-table = Die Zahlen als Tabelle
admin-times = Wie lange Entscheidungen dauern
admin-within-minutes = bis 10 Minuten
admin-within-hour = bis 1 Stunde
admin-within-six-hours = bis 6 Stunden
admin-within-day = bis 1 Tag
admin-within-three-days = bis 3 Tage
admin-within-longer = länger
admin-outcomes = Wie Briefe ankamen
admin-house = Das Haus
admin-mail = Mail
admin-mail-goes = geht hinaus
admin-mail-paused = steht still bis { $moment }
admin-letters-wait = Wartende Briefe
admin-over = Vorbei, kann aufgeräumt werden
admin-unswept = Vorbei, noch nicht aufgeschrieben
admin-version = Version
admin-schema = Schema
admin-epoch = Epoche
admin-holds = Was sie haben
admin-gave = Was sie gegeben haben
