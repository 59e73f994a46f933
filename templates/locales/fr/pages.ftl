# What the pages say. No HTML here. $kind: `ask` (a request for the reader's data) or `invite` (an offer).
# Dates and lengths of time come filled in, from words.ftl. $thing comes with quotes where it is within a sentence.

# Words within sentences
pages-nameless = (sans nom)
# A relationship ("coach") is not an item of its own but a share in somebody's data.
pages-thing-yours = vos données (rôle : { $name })
pages-thing-theirs = ses données (rôle : { $name })
# A level that stands alone, in a table or as a choice.
level-label = { $level ->
    [view] Consulter uniquement
    [edit] Consulter et modifier
   *[contribute] Consulter, modifier, ajouter et supprimer
}
# The states of requests and offers are feminine, those of access are masculine.
state-pending = En attente de réponse
state-waits-for-you = Attend votre réponse
state-approved = Approuvée
state-declined = Refusée
state-withdrawn = Retirée
state-expired = Expirée
state-cancelled = Annulée
state-failed = E-mail non remis
state-live = Accès actif
state-yours = Vous avez accès
state-later = Pas encore commencé
state-off = Désactivé
state-over = Terminé
state-taken-back = Arrêté

# Around every page
frame-skip = Aller au contenu
frame-ways = Menu
frame-inbox = Boîte de réception
frame-admin = Administration
frame-sign-out = Se déconnecter
frame-signed-in = Votre compte : { $name } ({ $address }).
frame-language = Langue et fuseau horaire
language-heading = Langue et fuseau horaire
language-what = Les pages et les e-mails sont dans cette langue, et les dates dans ce fuseau horaire.
language-label = Langue
language-zone = Fuseau horaire
language-button = Enregistrer
frame-foot = Rien n’est partagé sans votre accord. Nous ne demandons jamais votre mot de passe par e-mail.
to-inbox = Aller à votre boîte de réception
to-own-inbox = Aller à votre propre boîte de réception
problems-heading = { $number ->
    [one] Il y a un problème
   *[other] Il y a des problèmes
}
problems-title = Erreur : { $title }

# The first page
front-title = Partager vos données
front-heading = Partagez vos données à vos conditions
front-lead = Quand une personne souhaite voir vos données, nous vous prévenons d’abord par e-mail. Vous décidez, et vous pouvez changer d’avis à tout moment.
front-letter = Vous avez reçu un e-mail de notre part ?
front-letter-do = Ouvrez le lien qu’il contient pour examiner la demande. Rien n’est partagé sans votre accord.
front-own = Voir qui a accès à vos données

# Signing in
sign-in-heading = Se connecter
sign-in-button = Se connecter
sign-in-name = Adresse e-mail ou identifiant
sign-in-name-missing = Saisissez votre adresse e-mail ou votre identifiant.
sign-in-code = Avec un code de connexion
sign-in-code-what = Nous vous envoyons un code à 6 chiffres par e-mail. Il est valable 10 minutes. Vous n’avez pas besoin de mot de passe.
sign-in-code-button = Recevoir un code de connexion
sign-in-password = Avec votre mot de passe
sign-in-password-label = Mot de passe
sign-in-wrong = L’adresse e-mail, l’identifiant ou le mot de passe est incorrect. Réessayez, ou utilisez un code de connexion.
password-missing = Saisissez votre mot de passe.
code-heading = Saisissez votre code de connexion
code-to-address = Nous avons envoyé un code à 6 chiffres à { $address }.
code-to-name = Si un compte existe pour « { $name } », nous avons envoyé un code à 6 chiffres à son adresse e-mail.
code-label = Code à 6 chiffres
code-note = L’e-mail peut mettre une minute à arriver. Le code est valable 10 minutes.
code-none = Vous n’avez pas reçu l’e-mail ?
code-none-do = Vérifiez vos courriers indésirables, ou demandez un nouveau code. Les codes précédents ne fonctionneront plus.
code-again = Recevoir un nouveau code
code-other-way = Se connecter autrement
code-missing = Saisissez le code à 6 chiffres reçu par e-mail.
code-wrong = Ce code est incorrect ou n’est plus valable. Utilisez le code de notre dernier e-mail. Après 5 erreurs ou 10 minutes, demandez un nouveau code.
code-wrong-left = { $left ->
    [one] Ce code est incorrect. Il vous reste { $left } tentative.
   *[other] Ce code est incorrect. Il vous reste { $left } tentatives.
}
code-dead = Ce code n’est plus valable. Il a déjà servi, date de plus de 10 minutes ou a été mal saisi 5 fois. Demandez un nouveau code.

# Signing in at a provider ($name) that the operator has set up
elsewhere-heading = Avec un autre compte
elsewhere-or = Ou avec un autre compte
elsewhere-button = Se connecter avec { $name }
elsewhere-what = Vous reviendrez ensuite sur cette page. L’autre site ne saura rien de la demande.
elsewhere-back = Voir toutes les façons de se connecter
elsewhere-other-ways = Rien n’a changé. Réessayez, ou connectez-vous autrement.
elsewhere-down = { $name } ne répond pas
elsewhere-down-why = Nous avons contacté { $name } pour vous connecter, mais la réponse n’est pas arrivée à temps.
elsewhere-down-do = Rien n’a changé. Réessayez dans une minute, ou connectez-vous autrement.
elsewhere-odd = La connexion a échoué
elsewhere-unusable-why = { $name } a envoyé une réponse que nous ne pouvons pas utiliser.
elsewhere-unusable-do = Rien n’a changé. Connectez-vous autrement, et prévenez les personnes qui gèrent ce site. Elles trouveront la raison dans le journal du serveur.
elsewhere-forged-why = Cette réponse semble venir du site { $name }. Nous n’avons pas pu le confirmer, ni vérifier qu’elle vous est destinée.
elsewhere-forged-do = Rien n’a changé. Recommencez depuis la page de connexion. Si le problème se répète, connectez-vous autrement et prévenez les personnes qui gèrent ce site.
elsewhere-denied = { $name } n’a pas autorisé la connexion
elsewhere-denied-why = Vous avez annulé la connexion, ou votre compte ne peut pas être utilisé ici.
elsewhere-stale = Recommencez la connexion
elsewhere-stale-why = Cette connexion a commencé dans un autre navigateur ou une autre fenêtre, a duré plus de 10 minutes ou a déjà servi.
elsewhere-stale-do = Rien n’a changé. Revenez en arrière et appuyez de nouveau sur le bouton.
elsewhere-unverified = { $name } n’a pas confirmé votre adresse e-mail
elsewhere-unverified-why = Nous n’acceptons une adresse e-mail que si { $name } a confirmé qu’elle vous appartient.
elsewhere-unverified-do = Confirmez votre adresse sur cet autre site et réessayez, ou utilisez un code de connexion.
elsewhere-unknown = Aucun compte ne correspond à votre adresse e-mail
elsewhere-unknown-why = Votre adresse chez { $name } est { $address }. Ici, aucun compte n’a cette adresse.
elsewhere-unknown-do = Si vous venez d’un de nos e-mails, utilisez un code de connexion. Nous l’enverrons à l’adresse qui a reçu cet e-mail.
elsewhere-linked = Votre adresse e-mail est associée à un autre compte
elsewhere-linked-why = Cette adresse e-mail est déjà associée à un autre compte { $name }.
elsewhere-linked-do = Connectez-vous avec ce compte. Si vous ne l’avez plus, utilisez un code de connexion, puis dissociez ce compte dans « Connexions actives ».

# Active sessions and linked accounts
sessions-heading = Connexions actives
sessions-what = Ces navigateurs sont connectés à votre compte. Déconnectez ceux que vous ne reconnaissez pas.
sessions-here = Ce navigateur
sessions-new = Nouvelle depuis votre dernière visite
remembered-heading = Navigateurs mémorisés
remembered-what = Une fois connecté avec l’un de ces navigateurs, vous pouvez répondre aux demandes sans code. Si vous déconnectez tous les autres navigateurs, ils sont tous retirés.
remembered-since = Mémorisé depuis : { $moment }
remembered-used = Dernière utilisation : { $moment }
remembered-until = Mémorisé jusqu’au : { $moment }
remembered-forget = Oublier ce navigateur
remembered-said-forgotten = Ce navigateur n’est plus mémorisé.
sessions-unknown = Navigateur inconnu
sessions-since = Connexion : { $moment }
sessions-seen = Dernière utilisation : { $moment }
sessions-from = Adresse IP : { $address }
sessions-end = Déconnecter ce navigateur
sessions-end-others = Déconnecter tous les autres navigateurs
sessions-said-ended = Le navigateur est déconnecté.
sessions-said-others = Tous les autres navigateurs sont déconnectés.
identities-heading = Comptes associés
identities-what = Vous pouvez vous connecter avec ces comptes. Dissociez ceux que vous n’utilisez plus. Si vous vous reconnectez avec un compte, il est de nouveau associé.
identities-since = Association : { $moment }
identities-seen = Dernière utilisation : { $moment }
identities-unlink = Dissocier le compte
identities-said-unlinked = Vous avez dissocié le compte.

# Signing in to reply to an email
confirm-why = Avant de répondre ici à des demandes, confirmez que vous recevez bien les e-mails envoyés à { $address }. Nous vous enverrons un code à 6 chiffres.
confirm-send = Recevoir un code
confirm-button = Confirmer
remember-label = Se souvenir de ce navigateur pendant 90 jours
remember-note = Une fois connecté ici, vous pourrez répondre aux demandes sans code. Ne le choisissez pas sur un ordinateur partagé. Nous vous en informerons par e-mail.
fresh-code-to = Cet accès permet de supprimer et n’a pas de fin. Pour l’approuver, saisissez le code à 6 chiffres que nous avons envoyé à { $address }.
fresh-code-approve = Approuver
changed-heading = Attendiez-vous ce changement ?
changed-what = { $what ->
    [address] L’adresse e-mail de votre compte a été modifiée : { $moment }.
    [username] Le nom d’utilisateur de votre compte a été modifié : { $moment }.
    [password] Un nouveau mot de passe a été défini pour votre compte : { $moment }.
   *[provider] Un compte d’un service de connexion a été lié à votre compte : { $moment }.
}
changed-until = Ce changement ne vient pas de votre propre connexion. Pour protéger vos données, ce compte ne peut pas répondre à des demandes jusqu’au { $moment }, sauf si vous confirmez le changement.
changed-confirm = Confirmer le changement
changed-not-you = Si vous ne l’attendiez pas, fermez cette page et contactez-nous.
changed-done = Vous avez confirmé le changement
changed-done-what = Votre compte peut de nouveau répondre aux demandes.
changed-gone = Ce lien ne fonctionne plus
changed-gone-why = Le changement est déjà confirmé, les 7 jours sont passés, ou il existe un e-mail plus récent à ce sujet.
trouble-why-changed = Quelqu’un d’autre a modifié votre façon de vous connecter ou l’adresse à laquelle nous vous écrivons. Ce compte ne peut donc pas répondre à des demandes pendant 7 jours. Pour y mettre fin plus tôt, utilisez le lien envoyé à votre ancienne adresse, ou confirmez avec un code si votre adresse est restée la même.
trouble-to-confirm = Confirmer avec un code
gate-heading = Confirmez que c’est bien vous
gate-why = Nous avons envoyé ce lien à { $address }. Pour protéger vos données, confirmez que cette adresse est la vôtre.
gate-code = Recevoir un code de connexion
gate-code-what = Nous envoyons un code à 6 chiffres à la même adresse. Vous n’avez pas besoin de mot de passe.
gate-password = Ou avec votre mot de passe
gate-password-label = Mot de passe
gate-password-wrong = Ce mot de passe est incorrect. Réessayez, ou utilisez un code de connexion.
gate-dead = Ce lien ne fonctionne plus
gate-dead-why = L’adresse à laquelle nous l’avons envoyé a changé, ou notre base de données a été restaurée à partir d’une sauvegarde. Si la demande est toujours en attente, nous pouvons envoyer un nouveau lien à l’adresse actuelle.
gate-dead-fresh = Envoyer un nouveau lien
gate-dead-sign-in = Se connecter pour voir vos demandes
trust-heading = Comment vérifier que cette page est authentique
trust-address = La barre d’adresse de votre navigateur doit afficher { $host }.
trust-inbox = Vous préférez ne pas utiliser le lien ? Allez sur { $host } et connectez-vous. La demande est dans votre boîte de réception.
trust-never = Nous ne demandons jamais de mot de passe ni d’argent par e-mail ou par téléphone. Rien n’est partagé tant que vous n’avez pas donné votre accord ici.
wrong-heading = Ce lien est pour une autre personne
wrong-yours = Vous utilisez le compte
wrong-theirs = Nous avons envoyé le lien à
wrong-theirs-gone = une adresse qui n’est plus utilisée ici
wrong-why = Seule cette personne peut ouvrir la demande. Si les deux adresses sont les vôtres, changez de compte. Nous gardons le lien en mémoire.
wrong-switch = Changer de compte
wrong-forwarded = Si quelqu’un vous a transféré l’e-mail, vous n’avez rien à faire. Rien n’a été partagé.
no-link-heading = Ouvrez le lien de notre e-mail
no-link-why = Pour répondre à une demande, utilisez le lien que nous vous avons envoyé.
no-link-do = Ouvrez de nouveau le lien de votre e-mail. Pour votre sécurité, il ne reste ouvert ici que 15 minutes.
no-link-inbox = Voir les demandes reçues
fresh-heading = Consultez vos e-mails
fresh-if = Si la demande est toujours en attente, nous envoyons un nouveau lien à la personne qui décide.
fresh-often = Nous envoyons au plus un nouveau lien toutes les 10 minutes, et 5 au total. Les liens précédents mènent à la même demande.
fresh-back = Retour au lien que vous avez ouvert

# Deciding. $right is a verb, $thing has quotes unless it is a relationship ($of), $how_long is "jusqu’à …" or "pendant …".
review-heading = { $kind ->
    [invite] { $asker } vous propose un accès
   *[ask] { $asker } souhaite accéder à vos données
}
review-lead = { $of ->
    [relationship] { $asker } souhaite { $right } { $thing } { $how_long }
   *[data] { $asker } souhaite { $right } vos données { $thing } { $how_long }
}
review-offer = { $of ->
    [relationship] { $asker } vous invite à { $right } { $thing } { $how_long }
   *[data] { $asker } vous invite à { $right } { $thing } { $how_long }
}
review-whole-message = Afficher tout le message
review-includes = Contenu
review-more-parts = Afficher { $number } autres éléments
review-details = Tous les détails
review-risks = À vérifier avant d’approuver
risk-delete = Suppression possible.
risk-delete-what = { $asker } pourrait modifier et supprimer vos données.
risk-open = Sans date de fin.
risk-open-what = L’accès dure jusqu’à ce que vous arrêtiez le partage.
risk-everything = Tout le contenu.
risk-everything-what = L’accès porte sur tout le contenu de { $thing }, y compris les ajouts futurs.
risk-all-data = L’accès porte sur toutes vos données.
risk-new = Première demande.
risk-new-what = { $asker } ne vous a encore jamais adressé de demande.
review-known = Informations sur { $asker }
known-since = { $how ->
    [address] Adresse e-mail connue ici depuis le { $day }, sans compte
   *[account] A un compte ici depuis le { $day }
}
known-never = Ne vous a encore jamais adressé de demande
known-before = { $number ->
    [one] Vous a déjà adressé une demande : { $outcomes }
   *[other] Vous a déjà adressé { $number } demandes : { $outcomes }
}
known-approved = { $number ->
    [one] { $number } approuvée
   *[other] { $number } approuvées
}
known-declined = { $number ->
    [one] { $number } refusée
   *[other] { $number } refusées
}
known-unanswered = { $number } sans réponse
known-withdrawn = { $number ->
    [one] { $number } retirée ou annulée
   *[other] { $number } retirées ou annulées
}
known-no-access = N’a actuellement aucun accès à vos données
known-access = A actuellement accès :
known-more-access = Afficher { $number } de plus
access-until = { access-to }, { $how_long }
review-who = { $kind ->
    [invite] Proposé par
   *[ask] Demandé par
}
review-filed-by = Envoyé par
review-through = Application
review-owner = Propriétaire
review-what = Données
review-access = Niveau d’accès
review-how-long = Durée
review-held-until = jusqu’au { $moment } au plus tard, fin de son propre accès
review-answer-by = Date limite de réponse
review-writes = { $asker } vous écrit :
review-answer = Votre décision
review-approve = { $kind ->
    [invite] Accepter
   *[ask] Approuver
}
review-decline = Refuser
review-undo = { $kind ->
    [invite] Vous pourrez renoncer à l’accès à tout moment. Si vous ne faites rien, la proposition expire le { $day }.
   *[ask] Vous pourrez arrêter le partage à tout moment. Si vous ne faites rien, la demande expire le { $day }.
}
review-less = { $kind ->
    [invite] Accepter un accès limité
   *[ask] Limiter l’accès
}
review-less-button = { $kind ->
    [invite] Accepter avec ces limites
   *[ask] Approuver avec ces limites
}
review-level = Niveau d’accès
review-ends = Durée
review-ends-asked = { $kind ->
    [invite] Comme proposé
   *[ask] Comme demandé
}
review-ends-day = Pendant 1 jour
review-ends-week = Pendant 7 jours
review-ends-month = Pendant 30 jours
review-ends-quarter = Pendant 90 jours
review-ends-year = Pendant 365 jours
review-ends-date = Jusqu’à une date
review-last-day = Dernier jour
review-parts = Éléments
review-word = Refuser en expliquant pourquoi
review-reason = Votre explication
review-reason-note = { $asker } pourra la lire.
review-word-button = Refuser avec cette explication
review-problem-level = Choisissez le niveau d’accès demandé, ou un niveau inférieur.
review-problem-date = Saisissez le dernier jour, par exemple 2027-03-31.
review-problem-date-over = Le dernier jour est passé. Saisissez la date d’aujourd’hui ou une date ultérieure.
review-problem-date-late = L’accès demandé prend fin le { $day }. Saisissez cette date ou une date antérieure.
review-problem-end-passed = La date de fin demandée est passée. Vous pouvez seulement refuser cette demande.
review-problem-none = Sélectionnez au moins un élément. Pour ne rien partager, refusez.
review-problem-foreign = L’un de ces éléments n’a pas été demandé. Rechargez la page et choisissez de nouveau.
review-problem-reason-long = Saisissez { $most } caractères au maximum.
review-problem-reason-odd = Le texte contient des caractères que nous ne pouvons pas accepter. Saisissez du texte simple.

# Blocking
block-decline = Refuser et bloquer
block-summary = Bloquer { $who }
block-what = { $who } ne pourra plus vous envoyer de demandes. À chaque tentative, { $who } verra que vous n’acceptez pas ses demandes. Vous pourrez lever le blocage à tout moment. Les accès déjà donnés ne changent pas.
block-declines = Cette demande sera aussi refusée.
block-button = Bloquer { $who }
block-button-app = Bloquer l’application { $app }
block-is = Vous avez bloqué { $who }.
block-lift = Débloquer { $who }
blocked-heading = Personnes et applications bloquées
blocked-what = Ces personnes et ces applications ne peuvent pas vous envoyer de demandes. Si elles essaient, elles verront que vous n’acceptez pas leurs demandes.
blocked-none = Vous n’avez bloqué personne.
blocked-since = Blocage depuis le { $day }
blocked-lift = Débloquer { $who }

# What happened to a request
told-who = { $kind ->
    [invite] Proposé par
   *[ask] Demandé par
}
told-thing = Données
told-access = Niveau d’accès
told-ends = Durée
told-only = Seulement ces éléments
told-parts = { $some ->
    [one] { $some } élément sur { $all }
   *[other] { $some } éléments sur { $all }
}
told-asked = { $kind ->
    [invite] Proposé
   *[ask] Demandé
}
told-given = { $kind ->
    [invite] Accepté
   *[ask] Accordé
}
told-all-parts = Les { $number } éléments
told-parts-label = Éléments
told-approved = { $ends ->
    [open] { $kind ->
        [invite] Vous pouvez désormais { do-with } { $thing }
       *[ask] { $who } peut désormais { do-with } { $thing }
    }
   *[day] { $kind ->
        [invite] Vous pouvez désormais { do-with } { $thing } jusqu’au { $day }
       *[ask] { $who } peut désormais { do-with } { $thing } jusqu’au { $day }
    }
}
told-approved-next = { $kind ->
    [invite] Nous avons écrit à { $who }. Vous pouvez renoncer à l’accès à tout moment.
   *[ask] Nous avons écrit à { $who }. Vous pouvez arrêter le partage à tout moment.
}
told-undo = { $kind ->
    [invite] Renoncer à l’accès
   *[ask] Arrêter le partage
}
told-yes = { $kind ->
    [invite] Vous avez accepté cette proposition
   *[ask] Vous avez approuvé cette demande
}
told-yes-over = L’accès a pris fin.
told-revoked = { $kind ->
    [invite] Vous n’avez plus accès
   *[ask] { $who } n’a plus accès
}
told-revoked-what = { $kind ->
    [invite] Vous pouviez { do-with } { $thing } jusqu’au { $moment }.
   *[ask] { $who } pouvait { do-with } { $thing } jusqu’au { $moment }.
}
told-revoked-next = { $kind ->
    [invite] Si vous avez de nouveau besoin de cet accès, { $who } peut vous envoyer une nouvelle proposition.
   *[ask] En cas de besoin, { $who } peut vous envoyer une nouvelle demande.
}
told-ended = { $kind ->
    [invite] Votre accès a pris fin
   *[ask] { $who } n’a plus accès
}
told-ended-what = { $kind ->
    [invite] Vous pouviez { do-with } { $thing } jusqu’au { $day }.
   *[ask] { $who } pouvait { do-with } { $thing } jusqu’au { $day }.
}
told-declined = Vous avez refusé
told-declined-blocked = Vous avez refusé et avez bloqué { $who }
told-declined-what = { $kind ->
    [invite] { $who } vous invitait à { do-with } { $thing }. Rien n’a été partagé.
   *[ask] { $who } souhaitait { do-with } { $thing }. Rien n’a été partagé.
}
told-declined-until = { $kind ->
    [invite] Vous avez changé d’avis ? Vous pouvez accepter jusqu’au { $moment }.
   *[ask] Vous avez changé d’avis ? Vous pouvez approuver jusqu’au { $moment }.
}
told-declined-again = { $kind ->
    [invite] { $who } pourra refaire cette proposition à partir du { $day }.
   *[ask] { $who } pourra refaire cette demande à partir du { $day }.
}
told-approve = { $kind ->
    [invite] Accepter la proposition
   *[ask] Approuver la demande
}
told-quote = Votre explication :
told-withdrawn = Vous n’avez plus à répondre
told-withdrawn-what = { $kind ->
    [invite] { $who } a retiré la proposition avant votre réponse. Rien n’a été partagé.
   *[ask] { $who } a retiré la demande avant votre réponse. Rien n’a été partagé.
}
told-expired = { $kind ->
    [invite] Cette proposition a expiré
   *[ask] Cette demande a expiré
}
told-expired-what = Vous n’avez pas répondu avant le { $moment }. Rien n’a été partagé.
told-ask-again = { $kind ->
    [invite] Si vous souhaitez toujours cet accès, demandez à { $who } de refaire sa proposition. Nous vous enverrons un nouveau lien par e-mail.
   *[ask] Si vous souhaitez toujours partager ces données, demandez à { $who } de refaire sa demande. Nous vous enverrons un nouveau lien par e-mail.
}
told-next = { $count ->
    [one] Une autre demande attend votre réponse.
   *[other] { $count } autres demandes attendent votre réponse.
}
told-asked-again = Une demande plus récente porte sur les mêmes données et attend votre réponse. Utilisez le lien de notre dernier e-mail, ou demandez-en un nouveau ici.
told-cancelled = { $kind ->
    [invite] Cette proposition a été annulée
   *[ask] Cette demande a été annulée
}
told-why-asker-gone = La personne qui aurait obtenu l’accès n’a plus de compte ici.
told-why-decider-gone = La personne qui décide n’a plus de compte ici.
told-why-not-owner = Les données n’appartiennent plus à la personne qui les proposait.
told-why-owner-now = Les données appartiennent maintenant à la personne qui aurait obtenu l’accès.
told-why-gone = Les données ont été supprimées.
told-why-app = L’application utilisée n’a plus le droit d’envoyer des demandes.
told-why-admin = L’annulation vient d’une personne qui administre ce service.
told-nothing-shared = Rien n’a été partagé. Vous n’avez rien à faire.
told-failed = Notre e-mail n’a pas pu être remis
told-failed-what = Le serveur de messagerie n’a pas accepté notre e-mail : la demande est close sans réponse. Rien n’a été partagé.
told-pending = Cette demande attend votre réponse
told-other-decides = Une autre personne décide maintenant
told-other-decides-what = Les données appartiennent maintenant à une autre personne. Nous lui avons écrit au sujet de cette demande. Vous n’avez rien à faire.
told-other-decided = Une autre personne a décidé
told-other-decided-what = Les données appartiennent maintenant à une autre personne, qui a répondu à cette demande. Vous n’avez rien à faire.
told-earlier-address = Nous avons envoyé ce lien à votre ancienne adresse e-mail
told-earlier-address-what = Un lien ne fonctionne que pour votre adresse actuelle. Si la demande est toujours en attente, nous pouvons vous envoyer un nouveau lien.
told-restored = Ce lien ne fonctionne plus
told-restored-what = Notre base de données a été restaurée à partir d’une sauvegarde, et les liens précédents ne fonctionnent plus. Si la demande est toujours en attente, nous pouvons vous envoyer un nouveau lien.
told-over = Cette demande est close
told-fresh = Recevoir un nouveau lien

# The inbox
inbox-lists = Listes de la boîte de réception
inbox-states = Filtre
inbox-pages = Pages
inbox-newer = Plus récentes
inbox-older = Plus anciennes
inbox-export = Télécharger cette liste :
inbox-blocked = Personnes et applications bloquées
inbox-of-you = Demandes reçues
inbox-by-you = Demandes envoyées
inbox-given = Personnes qui ont accès
inbox-held = Vos accès
inbox-waiting = En attente
inbox-answered = Terminées
inbox-live = En cours
inbox-ended = Terminés
inbox-all = Tout
inbox-of-you-none-open = Aucune demande n’attend votre réponse.
inbox-of-you-none = Il n’y a aucune demande ici.
inbox-by-you-none-open = Aucune de vos demandes n’est en attente.
inbox-by-you-none = Il n’y a aucune demande ici.
inbox-given-none-open = Personne n’a accès à vos données.
inbox-given-none = Il n’y a rien ici.
inbox-held-none-open = Personne ne partage de données avec vous.
inbox-held-none = Il n’y a rien ici.
inbox-asks = { $kind ->
    [invite] Invitation à { do-with } { $thing }
   *[ask] { $who } souhaite { do-with } { $thing }
}
inbox-asked-before = { $kind ->
    [invite] Invitation à { do-with } { $thing }
   *[ask] { $who } souhaitait { do-with } { $thing }
}
inbox-asked-whom = { $kind ->
    [invite] Vous avez invité { $who } à { do-with } { $thing }
   *[ask] Vous avez demandé à { $who } de vous autoriser à { do-with } { $thing }
}
inbox-asked = Envoyée le { $asked }
inbox-asked-answered = Envoyée le { $asked }, réponse le { $answered }
inbox-asked-over = Envoyée le { $asked }, close le { $ended }
inbox-answer-by = Répondre avant le { $moment }
inbox-answer-until = En attente jusqu’au { $moment }
inbox-review = { $kind ->
    [invite] Examiner la proposition
   *[ask] Examiner la demande : { $who }
}
inbox-link = Recevoir un nouveau lien
inbox-link-what = { $kind ->
    [invite] Notre e-mail contient aussi un lien vers cette proposition. Si vous n’avez plus cet e-mail, nous pouvons vous envoyer un nouveau lien.
   *[ask] Notre e-mail contient aussi un lien vers cette demande. Si vous n’avez plus cet e-mail, nous pouvons vous envoyer un nouveau lien.
}
inbox-link-button = Recevoir un nouveau lien
inbox-link-later = { $kind ->
    [invite] Vous pouvez aussi ouvrir le lien de notre e-mail. Vous pourrez recevoir un nouveau lien à partir du { $moment }.
   *[ask] Vous pouvez aussi ouvrir le lien de notre e-mail. Vous pourrez recevoir un nouveau lien à partir du { $moment }.
}
inbox-link-no-more = { $kind ->
    [invite] Vous pouvez aussi ouvrir le lien d’un de nos e-mails. Nous ne pouvons plus en envoyer pour cette proposition.
   *[ask] Vous pouvez aussi ouvrir le lien d’un de nos e-mails. Nous ne pouvons plus en envoyer pour cette demande.
}
inbox-still-yes = { $kind ->
    [invite] Vous avez changé d’avis ? Vous pouvez accepter jusqu’au { $moment }.
   *[ask] Vous avez changé d’avis ? Vous pouvez approuver jusqu’au { $moment }.
}
inbox-decline = Refuser
inbox-decline-what = Rien n’est partagé. Nous préviendrons l’autre personne.
inbox-decline-button = { $kind ->
    [invite] Refuser la proposition
   *[ask] Refuser la demande
}
inbox-offerer = La personne à l’origine de la proposition
inbox-reason = Explication (facultative)
inbox-block = Bloquer
inbox-block-what = Cette personne ne pourra plus vous envoyer de demandes. Ses demandes en attente seront refusées. Vous pourrez la débloquer à tout moment. Les accès déjà donnés ne changent pas.
inbox-block-app = Bloquer l’application
inbox-block-app-what = L’application utilisée ne pourra plus vous envoyer de demandes, au nom de qui que ce soit. Si cette demande est en attente, elle sera refusée. Vous pourrez débloquer l’application à tout moment.
inbox-block-app-button = Bloquer l’application
mail-queued = Nous envoyons notre e-mail à cette personne.
mail-sent = Son serveur de messagerie a accepté notre e-mail.
mail-deferred = Son serveur de messagerie nous demande d’attendre. Nous continuons d’essayer.
mail-bounced = Notre e-mail n’a pas pu être remis. Vérifiez l’adresse et renvoyez la demande.
inbox-resend = Renvoyer l’e-mail
inbox-resend-what = Cette personne recevra un autre e-mail, avec un nouveau lien. Les liens précédents fonctionnent toujours.
inbox-resend-button = Renvoyer l’e-mail
inbox-withdraw = Retirer
inbox-withdraw-what = { $kind ->
    [invite] Nous préviendrons cette personne que vous retirez la proposition. Vous pourrez la refaire plus tard.
   *[ask] Nous préviendrons cette personne que vous retirez la demande. Vous pourrez la refaire plus tard.
}
inbox-withdraw-button = { $kind ->
    [invite] Retirer la proposition
   *[ask] Retirer la demande
}
inbox-again = Renvoyer
inbox-again-what = { $kind ->
    [invite] La même proposition sera renvoyée, avec le même message. Cette personne recevra un nouvel e-mail.
   *[ask] La même demande sera renvoyée, avec le même message. Cette personne recevra un nouvel e-mail.
}
inbox-again-button = { $kind ->
    [invite] Renvoyer la proposition
   *[ask] Renvoyer la demande
}
inbox-again-from = { $kind ->
    [invite] Vous pourrez renvoyer cette proposition à partir du { $moment }.
   *[ask] Vous pourrez renvoyer cette demande à partir du { $moment }.
}
inbox-gave = { $state ->
    [past] { $who } pouvait { do-with } { $thing }
   *[now] { $who } peut { do-with } { $thing }
}
inbox-holds = { $state ->
    [past] { $who } vous autorisait à { do-with } { $thing }
   *[now] { $who } vous autorise à { do-with } { $thing }
}
inbox-group = Le groupe { $name }
inbox-public-link = Toute personne qui a le lien public
inbox-signed-in = Toute personne connectée
inbox-guests = Toute personne non connectée
inbox-everyone = Tout le monde
inbox-and-more = { $first } et { $more ->
    [one] { $more } autre
   *[other] { $more } autres
}
inbox-since = Depuis le { $from }, { how-long-open }
inbox-since-until = Depuis le { $from }, jusqu’au { $moment }
inbox-since-to = Du { $from } au { $moment }
inbox-only = Seulement ces éléments : { $parts }
inbox-shared-on = Partagé par { $who }.
inbox-through-group = Vous avez cet accès en tant que membre du groupe { $name }. Seule la personne qui l’a donné ou le propriétaire des données peut y mettre fin.
inbox-take-back = Arrêter le partage
inbox-take-back-what = L’accès prend fin immédiatement, y compris pour les personnes avec qui il a été partagé ensuite. Il ne pourra être rétabli qu’avec votre accord.
inbox-take-back-button = Arrêter le partage
inbox-give-up = Renoncer à l’accès
inbox-give-up-what = Vous perdez l’accès immédiatement. Pour le retrouver, vous devrez envoyer une nouvelle demande.
inbox-give-up-button = Renoncer à l’accès
said-link = Nous vous envoyons un nouveau lien par e-mail.
said-declined = Vous avez refusé. Rien n’a été partagé.
said-withdrawn = Le retrait est enregistré. Nous préviendrons l’autre personne.
said-withdrawn-undo = Annuler le retrait et renvoyer
said-resent = Nous renvoyons l’e-mail.
said-again = Le nouvel envoi est enregistré. L’autre personne va recevoir un e-mail.
said-taken-back = Vous avez arrêté le partage.
said-given-up = Vous avez renoncé à l’accès.
said-blocked = Blocage activé. Vous ne recevrez plus ces demandes.
said-blocked-undo = Annuler le blocage
said-lifted = Blocage levé. Vous pouvez de nouveau recevoir ces demandes.

# The captured emails
mailbox-heading = E-mails capturés
mailbox-why = Les e-mails sont gardés ici au lieu d’être envoyés, car mail.transport vaut « capture ». Seul cet ordinateur peut ouvrir cette page.
mailbox-nothing = Il n’y a pas encore d’e-mail. Envoyez une demande, puis rechargez cette page.
mailbox-from = De
mailbox-to = À
mailbox-received = Reçu
mailbox-html = Voir en HTML
mailbox-text = Texte brut

# When something cannot be done
trouble-unchanged = Rien n’a changé.
trouble-link = Ce lien ne fonctionne pas
trouble-link-why = Le lien est incomplet, ou il ne vient pas de nous. Certaines messageries coupent les longs liens.
trouble-link-do = Ouvrez de nouveau le lien de l’e-mail, ou copiez l’adresse entière dans votre navigateur.
no-cookie-heading = Votre navigateur n’a pas gardé notre cookie
no-cookie-link = Ce navigateur n’a pas renvoyé le cookie nécessaire à l’étape suivante. La navigation privée, les réglages de confidentialité, les extensions et les navigateurs intégrés aux messageries peuvent bloquer les cookies.
no-cookie-link-do = Rien n’a changé. Autorisez les cookies pour { $host }, ou ouvrez le lien de l’e-mail dans un autre navigateur.
no-cookie-code = Ce navigateur n’a pas renvoyé le cookie qui indique pour qui le code a été demandé. La navigation privée, les réglages de confidentialité, les extensions et les navigateurs intégrés aux messageries peuvent bloquer les cookies.
no-cookie-code-do = Le code reçu par e-mail ne fonctionne que dans le navigateur qui l’a demandé. Autorisez les cookies pour { $host } et demandez un nouveau code, ou connectez-vous avec un autre navigateur.
no-cookie-form = Ce navigateur n’a pas envoyé notre cookie avec le formulaire. Nous ne pouvons donc pas vérifier que le formulaire vient de vous.
no-cookie-form-do = Rien n’a changé. Autorisez les cookies pour { $host }, rouvrez la page et envoyez de nouveau le formulaire.
no-cookie-elsewhere = Vous revenez du site { $name }, mais ce navigateur n’a pas renvoyé le cookie que nous avions déposé.
no-cookie-elsewhere-do = Rien n’a changé. Autorisez les cookies pour { $host } et connectez-vous de nouveau.
other-name = Ce site a une autre adresse
other-name-why = Vous avez ouvert ce site à une autre adresse. Les formulaires ne fonctionnent qu’à son adresse officielle.
other-name-do = Rien n’a changé. Allez sur { $url } et réessayez.
other-name-open = Ouvrir { $url }
trouble-forged = Ce formulaire a expiré
trouble-forged-why = Vous avez ouvert ou fermé une session entre-temps, ou ce formulaire ne vient pas d’une de nos pages.
trouble-forged-do = Rien n’a changé. Revenez en arrière, rechargez la page et réessayez. Votre navigateur doit accepter les cookies de ce site.
trouble-form = Nous n’avons pas pu lire ce formulaire
trouble-form-do = Rien n’a changé. Revenez en arrière et réessayez.
trouble-filter = Ce filtre n’existe pas pour cette liste
trouble-filter-do = L’adresse contient un filtre inconnu, ou deux fois le même. Rouvrez la liste et choisissez un filtre.
trouble-big = Ce texte est trop long
trouble-big-do = Rien n’a changé. Revenez en arrière, raccourcissez le texte et réessayez.
trouble-nothing = Page introuvable
trouble-nothing-why = L’adresse est incorrecte, ou la page a été supprimée.
trouble-forbidden = Vous ne pouvez pas faire cela
trouble-invalid = Une information de ce formulaire n’est pas valable
trouble-invalid-why = Revenez en arrière, rechargez la page et réessayez.
trouble-end-over = La date de fin demandée est passée. Envoyez une nouvelle demande avec une date de fin ultérieure.
trouble-pending = Une demande est déjà en attente
trouble-pending-why = Son niveau d’accès, ses éléments, sa fin ou son message sont différents.
trouble-pending-do = Attendez la réponse, ou retirez cette demande et envoyez-en une nouvelle.
trouble-wait = Réessayez plus tard
trouble-again = Réessayez après le { $moment }.
trouble-again-in = Réessayez dans { $length }.
trouble-many-any = Vous avez fait cela trop souvent.
trouble-many-letters = Nous ne pouvons plus envoyer d’e-mail pour cette demande.
trouble-many-soon = Nous envoyons cet e-mail au plus une fois toutes les 10 minutes.
trouble-many-declined = Cette demande a déjà été refusée.
trouble-many-theirs = Nous avons déjà envoyé trop d’e-mails à cette personne.
trouble-many-from-you = Vous avez envoyé trop de demandes à cette personne.
trouble-many-domain = Nous avons envoyé trop d’e-mails au domaine de messagerie de cette personne.
trouble-many-yours = Vous avez envoyé trop de demandes.
trouble-many-tries = Il y a eu trop de tentatives.
trouble-many-network = Il y a eu trop de tentatives depuis votre réseau.
trouble-busy = L’enregistrement a échoué
trouble-busy-why = Le site est surchargé.
trouble-busy-do = Réessayez dans une minute.
trouble-broken = Un problème est survenu de notre côté
trouble-broken-do = Réessayez. Si le problème se répète, prévenez les personnes qui gèrent ce site.
trouble-why-not-yours = Vous n’avez pas le droit de faire cela.
trouble-why-asker-only = Seule la personne qui a envoyé la demande peut faire cela.
trouble-why-decider-only = Seule la personne qui décide peut faire cela.
trouble-why-asker-over = La personne qui a envoyé cette demande n’a plus le droit de demander cet accès. Vous ne pouvez donc plus approuver la demande. Vous pouvez la refuser ou la laisser expirer.
trouble-why-offer-over = La personne qui fait cette proposition n’a plus le droit de partager ces données.
trouble-why-offer-less = La personne qui fait cette proposition n’a plus elle-même un accès aussi étendu.
trouble-why-group = Vous avez cet accès en tant que membre d’un groupe. Seule la personne qui l’a donné ou le propriétaire des données peut y mettre fin.
trouble-why-blocked = Cette personne n’accepte pas vos demandes.
trouble-to-front = Aller à la page d’accueil
trouble-to-request = Retour à la demande
trouble-to-inbox = Aller à votre boîte de réception
trouble-to-admin = Aller à la vue d’ensemble
trouble-to-sign-in = Retour à la connexion
trouble-to-sessions = Retour aux connexions actives

# Asking to keep access that ends
renew-heading = Garder votre accès
renew-said = Nous avons écrit à { $decider }. Nous vous préviendrons par e-mail dès qu’il y aura une réponse.
renew-what = { $state ->
    [past] Vous pouviez { do-with } { $thing } jusqu’au { $ends }.
   *[now] Vous pouvez { do-with } { $thing } jusqu’au { $ends }.
}
renew-asked = Vous avez demandé à garder cet accès. Il n’y a pas encore de réponse.
renew-again = { $decider } a déjà refusé. Vous pourrez refaire une demande à partir du { $from }.
renew-decides = { $decider } décide si vous pouvez garder cet accès { $how_long }.
renew-message = Message à { $decider } (facultatif)
renew-button = Demander à garder l’accès
