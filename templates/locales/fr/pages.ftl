# Ce que disent les pages. Pas de HTML. $kind : `ask` (quelqu'un demande quelque chose à la personne qui décide) ou `invite`
# (quelqu'un propose).

# Des mots dans les phrases
pages-level = { level }
# « … un accès en lecture à … »
pages-access = { $level ->
    [view] accès en lecture
    [edit] accès en lecture et écriture
   *[contribute] accès en lecture, écriture et suppression
}
pages-explained = { level-explained }
pages-nameless = (sans nom)
pages-thing-yours = vos données (en tant que { $name })
pages-thing-theirs = ses données (en tant que { $name })
state-pending = en attente
state-waits-for-you = vous attend
state-approved = acceptée
state-declined = refusée
state-withdrawn = retirée
state-expired = expirée
state-cancelled = annulée
state-failed = non distribuée
state-live = a accès
state-yours = à vous
state-later = pas encore
state-off = désactivé
state-over = terminé
state-taken-back = repris

# Autour de chaque page
frame-skip = Aller au contenu
frame-ways = Vos pages
frame-inbox = Boîte
frame-admin = Administration
frame-sign-out = Se déconnecter
frame-signed-in = Session ouverte au nom de { $name } ({ $address }).
frame-foot = Seule la personne à qui appartiennent les données peut y donner accès. Nous ne demandons jamais votre mot de passe par e-mail.
to-inbox = Aller à votre boîte
to-own-inbox = Aller à votre propre boîte
problems-heading = { $number ->
    [one] Il y a un problème
   *[other] Il y a des problèmes
}
problems-title = Problème : { $title }

# La première page
front-title = Demander un accès
front-heading = Un accès, avec le oui de la bonne personne
front-lead = Quelqu’un demande accès à des données. La personne à qui elles appartiennent reçoit un e-mail, regarde, et dit oui ou non. Un accès donné peut être repris à tout moment.
front-letter = Vous avez reçu un e-mail
front-letter-do = Ouvrez le lien qu’il contient. Rien ne se passe avant que vous n’appuyiez sur un bouton.
front-own = Vous voulez voir ce que vous avez donné, reçu ou demandé

# Se connecter
sign-in-heading = Se connecter
sign-in-button = Se connecter
sign-in-name = Adresse e-mail ou nom d’utilisateur
sign-in-name-missing = Saisissez votre adresse e-mail ou votre nom d’utilisateur.
sign-in-code = Avec un code par e-mail
sign-in-code-what = Nous vous envoyons six chiffres, valables dix minutes. Aucun mot de passe n’est nécessaire.
sign-in-code-button = M’envoyer un code
sign-in-password = Avec votre mot de passe
sign-in-password-label = Mot de passe
sign-in-wrong = Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux, ou connectez-vous avec un code par e-mail.
password-missing = Saisissez votre mot de passe.
code-heading = Saisissez votre code
code-to-address = Nous avons envoyé un code à six chiffres à { $address }.
code-to-name = Si nous connaissons « { $name } », nous avons envoyé un code à six chiffres à l’adresse enregistrée.
code-label = Six chiffres de l’e-mail
code-note = L’e-mail peut mettre une minute à arriver. Le code est valable dix minutes.
code-none = Pas d’e-mail ?
code-none-do = Regardez dans le dossier des indésirables. S’il n’y est pas non plus, demandez un autre code ; seul le plus récent est valable.
code-again = M’envoyer un autre code
code-other-way = Se connecter autrement
code-missing = Saisissez les six chiffres de l’e-mail.
code-wrong = Ce code est faux ou n’est plus valable. Prenez l’e-mail le plus récent ; après cinq essais faux ou dix minutes, demandez un nouveau code.
code-wrong-left = { $left ->
    [one] Ce code est faux. Il vous reste un essai ; regardez l’e-mail le plus récent.
   *[other] Ce code est faux. Il vous reste { $left } essais ; regardez l’e-mail le plus récent.
}
code-dead = Ce code n’est plus valable : il a servi, a plus de dix minutes, ou était faux cinq fois. Demandez-en un autre ci-dessous.

# Se connecter chez un fournisseur ($name) que l’exploitant a configuré
elsewhere-heading = Avec un compte que vous avez ailleurs
elsewhere-or = Ou avec un compte que vous avez ailleurs
elsewhere-button = Se connecter avec { $name }
elsewhere-what = Vous reviendrez sur cette page. Ce dont parle votre e-mail n’y est pas dit.
elsewhere-back = Retour à toutes les façons de se connecter
elsewhere-other-ways = Rien n’a été changé. Vous pouvez réessayer, ou vous connecter autrement.
elsewhere-down = { $name } ne répond pas
elsewhere-down-why = Nous avons demandé à { $name } de vous connecter et n’avons pas eu de réponse à temps.
elsewhere-down-do = Rien n’a été changé. Réessayez dans une minute, ou connectez-vous autrement.
elsewhere-odd = Vous n’avez pas pu être connecté
elsewhere-unusable-why = { $name } a répondu quelque chose dont nous ne pouvons rien faire.
elsewhere-unusable-do = Rien n’a été changé. Connectez-vous autrement, et dites-le à l’exploitant de ce site : la raison est dans le journal.
elsewhere-forged-why = Nous n’avons pas pu nous assurer que la réponse venait de { $name } et vous était destinée ; nous ne l’avons donc pas crue.
elsewhere-forged-do = Rien n’a été changé. Recommencez depuis la page de connexion. Si cela se reproduit, connectez-vous autrement, et dites-le à l’exploitant de ce site.
elsewhere-denied = { $name } ne vous a pas connecté
elsewhere-denied-why = Soit vous avez fait demi-tour là-bas, soit votre compte ne peut pas être utilisé ici.
elsewhere-stale = Veuillez recommencer
elsewhere-stale-why = Cette connexion a été commencée dans un autre navigateur ou une autre fenêtre, a pris plus de dix minutes, ou a déjà servi.
elsewhere-stale-do = Rien n’a été changé. Revenez en arrière et appuyez de nouveau sur le bouton.
elsewhere-unverified = { $name } n’a pas confirmé votre adresse
elsewhere-unverified-why = Nous connaissons les gens par leur adresse e-mail, et n’en acceptons une que si { $name } a confirmé qu’elle est à vous.
elsewhere-unverified-do = Confirmez-y votre adresse et réessayez, ou connectez-vous avec un code par e-mail.
elsewhere-unknown = Personne ici n’a votre adresse
elsewhere-unknown-why = Chez { $name }, vous êtes { $address }, et cette adresse n’est pas connue ici.
elsewhere-unknown-do = Si un e-mail de notre part vous a amené ici, connectez-vous avec un code que nous envoyons à l’adresse qui l’a reçu.
elsewhere-linked = Votre compte ici va avec un autre
elsewhere-linked-why = La personne qui a votre adresse ici s’est connectée auparavant avec un autre compte chez { $name }.
elsewhere-linked-do = Utilisez ce compte-là. S’il n’existe plus, connectez-vous avec un code par e-mail et défaites le lien sous « Où vous êtes connecté ».

# Où quelqu’un est connecté
sessions-heading = Où vous êtes connecté
sessions-what = Chacun de ces navigateurs est connecté à votre nom. Déconnectez ce que vous ne connaissez pas ou n’utilisez plus : l’effet est immédiat.
sessions-here = ce navigateur
sessions-unknown = Un navigateur qui ne dit pas son nom
sessions-since = Connecté le { $moment }
sessions-seen = Utilisé pour la dernière fois le { $moment }
sessions-from = Depuis l’adresse { $address }
sessions-end = Déconnecter
sessions-end-others = Déconnecter tous les autres
sessions-said-ended = L’autre navigateur est déconnecté.
sessions-said-others = Tous les autres navigateurs sont déconnectés.
identities-heading = Comptes ailleurs
identities-what = Avec ceux-ci, vous pouvez vous connecter ici. Défaites un lien qui n’est plus le vôtre ; la prochaine connexion là-bas le refait, d’après votre adresse.
identities-since = Lié le { $moment }
identities-seen = Utilisé pour la dernière fois le { $moment }
identities-unlink = Défaire le lien
identities-said-unlinked = Le lien est défait.

# Se connecter pour répondre
gate-heading = Se connecter pour répondre
gate-why = Votre lien a été envoyé à { $address }. Avant de montrer de quoi il s’agit, montrez-nous que vous êtes cette personne. Rien ne s’est encore passé.
gate-code = M’envoyer un code à six chiffres
gate-code-what = Il part à la même adresse. Aucun mot de passe n’est nécessaire.
gate-password = Ou avec votre mot de passe
gate-password-label = Votre mot de passe ici
gate-password-wrong = Ce mot de passe est faux. Vérifiez-le, ou faites-vous envoyer un code.
gate-dead = Ce lien ne fonctionne plus
gate-dead-why = L’adresse à laquelle il a été envoyé a changé depuis, ou la base de données a été restaurée d’une sauvegarde. Si la demande attend encore une réponse, nous pouvons envoyer un nouveau lien à l’adresse actuelle de la personne.
gate-dead-fresh = Envoyer un nouveau lien
gate-dead-sign-in = Se connecter pour en voir plus, si ce lien est à vous
trust-heading = Est-ce authentique ? Comment en être sûr
trust-address = La barre d’adresse de votre navigateur doit afficher { $host }.
trust-inbox = Vous pouvez vous passer du lien de l’e-mail : tapez { $host } vous-même, connectez-vous et regardez dans votre boîte. Ce qui vous est demandé s’y trouve aussi.
trust-never = Nous ne demandons jamais de mot de passe ni d’argent par e-mail ou par téléphone, et rien ne se passe avant que vous n’appuyiez ici sur un bouton.
wrong-heading = Ce lien est pour quelqu’un d’autre
wrong-yours = Votre session est au nom de
wrong-theirs = Le lien a été envoyé à
wrong-theirs-gone = une adresse qui n’est plus utilisée ici
wrong-why = Seule la personne à qui il a été envoyé peut regarder et répondre. Si les deux sont vous, connectez-vous avec l’autre adresse ; votre lien est gardé entre-temps.
wrong-switch = Changer de compte
wrong-forwarded = Si l’e-mail vous a été transféré, ne faites rien : rien n’a été partagé.
no-link-heading = Ouvrez le lien de votre e-mail
no-link-why = Cette page sert à répondre aux demandes d’accès. Il lui faut le lien de l’e-mail que nous vous avons envoyé.
no-link-do = Ouvrez cet e-mail et appuyez de nouveau sur son bouton. Un lien ouvert est retenu pendant 15 minutes.
no-link-inbox = Voir ce qui vous est demandé
fresh-heading = Regardez vos e-mails
fresh-if = Si la demande attend encore une réponse, un nouveau lien est en route vers l’adresse que nous avons de la personne à qui il a d’abord été envoyé.
fresh-often = Il est envoyé au plus toutes les dix minutes, et cinq fois en tout. Les liens des e-mails précédents mènent à la même demande.
fresh-back = Retour au lien que vous avez ouvert

# Décider
review-heading = { $kind ->
    [invite] { $asker } vous propose un accès
   *[ask] { $asker } demande un accès
}
review-lead = { $asker } voudrait { pages-level } { $thing }. La décision n’appartient qu’à vous.
review-offer = { $asker } vous invite à { pages-level } { $thing }. C’est à vous de voir.
review-who = { $kind ->
    [invite] Qui propose
   *[ask] Qui demande
}
review-filed-by = Déposé par
review-through = Via l’app
review-owner = À qui c’est
review-what = Quoi
review-access = Accès
review-how-long = Durée
review-held-until = au plus jusqu’au { $moment }, quand son propre accès prend fin
review-answer-by = Répondre avant le
review-writes = { $asker } écrit :
review-answer = Votre réponse
review-approve = Accepter
review-decline = Refuser
review-undo = { $kind ->
    [invite] Vous pouvez renoncer à l’accès à tout moment. Si vous ne faites rien, personne n’obtient d’accès et la proposition prend fin d’elle-même.
   *[ask] Vous pouvez reprendre l’accès à tout moment. Si vous ne faites rien, personne n’obtient d’accès et la demande prend fin d’elle-même.
}
review-less = { $kind ->
    [invite] Accepter moins
   *[ask] Accorder moins
}
review-less-button = { $kind ->
    [invite] Accepter ceci
   *[ask] Accorder ceci
}
review-level = Combien
review-ends = Durée
review-ends-asked = { $kind ->
    [invite] comme proposé
   *[ask] comme demandé
}
review-ends-day = pour un jour
review-ends-week = pour une semaine
review-ends-month = pour 30 jours
review-ends-quarter = pour 90 jours
review-ends-year = pour un an
review-ends-date = jusqu’à la fin d’un jour
review-last-day = Dernier jour
review-parts = Quelles parties
review-word = Refuser avec un mot
review-reason = Vos mots
review-reason-note = { $asker } les lira.
review-word-button = Refuser avec ces mots
review-problem-level = Choisissez combien vous accordez : ce qui a été demandé, ou moins.
review-problem-date = Saisissez le dernier jour, par exemple 2027-03-31.
review-problem-date-over = Le dernier jour est passé. Saisissez aujourd’hui ou un jour plus tardif.
review-problem-date-late = C’était demandé jusqu’au { $day }. Saisissez ce jour ou un jour plus proche.
review-problem-end-passed = La fin demandée est passée. Vous ne pouvez plus que refuser.
review-problem-none = Cochez-en au moins une. Pour ne rien accorder, refusez.
review-problem-foreign = L’une d’elles ne fait pas partie de ce qui a été demandé. Rechargez la page et choisissez de nouveau.
review-problem-reason-long = Écrivez au plus { $most } caractères.
review-problem-reason-odd = Il y a des caractères de contrôle. Écrivez un texte simple.

# Bloquer
block-decline = Refuser et bloquer
block-summary = Bloquer { $who }
block-what = { $who } ne pourra plus rien vous demander, jusqu’à ce que vous leviez le blocage dans votre boîte. En demandant, { $who } apprend seulement que vous n’acceptez pas ses demandes. Les accès que vous avez donnés avant restent jusqu’à ce que vous les repreniez.
block-declines = Cette demande est refusée en même temps.
block-button = Bloquer { $who }
block-button-app = Bloquer l’application { $app }
block-is = Vous avez bloqué { $who }.
block-lift = Annuler : { $who } peut de nouveau demander
blocked-heading = Qui vous avez bloqué
blocked-what = Ces personnes et ces applications ne peuvent rien vous demander. Elles apprennent seulement que vous n’acceptez pas leurs demandes.
blocked-none = Vous n’avez bloqué personne.
blocked-since = depuis le { $day }
blocked-lift = Laisser { $who } demander de nouveau

# Ce qu’une demande est devenue
told-who = { $kind ->
    [invite] Qui a proposé
   *[ask] Qui a demandé
}
told-thing = Quoi
told-access = Accès
told-ends = Fin
told-only = Seulement
told-parts = ({ $some } sur { $all } qui en font partie)
told-level = { pages-level } : { pages-explained }
told-level-less = { pages-level } (au lieu de { $asked })
told-approved = { $ends ->
    [open] { $kind ->
        [invite] Vous avez maintenant un { pages-access }
       *[ask] Vous avez donné à { $who } un { pages-access }
    }
   *[day] { $kind ->
        [invite] Vous avez maintenant un { pages-access } jusqu’au { $day }
       *[ask] Vous avez donné à { $who } un { pages-access } jusqu’au { $day }
    }
}
told-approved-next = { $kind ->
    [invite] Vous pouvez renoncer à l’accès à tout moment, ici ou dans votre boîte.
   *[ask] { $who } en est averti par e-mail. Vous pouvez reprendre l’accès à tout moment, ici ou dans votre boîte.
}
told-undo = { $kind ->
    [invite] Annuler : renoncer à l’accès
   *[ask] Annuler : reprendre l’accès
}
told-yes = Vous avez dit oui
told-yes-over = L’accès qui en est venu est terminé.
told-revoked = { $kind ->
    [invite] Vous n’avez plus cet accès
   *[ask] Cet accès a été repris
}
told-revoked-what = { $kind ->
    [invite] Vous aviez un { pages-access } à { $thing }. Il a pris fin le { $moment }.
   *[ask] Vous aviez donné à { $who } un { pages-access } à { $thing }. Il a pris fin le { $moment }.
}
told-revoked-next = { $kind ->
    [invite] S’il le faut quand même, { $who } peut le proposer de nouveau.
   *[ask] S’il le faut quand même, { $who } peut demander de nouveau.
}
told-ended = Cet accès a pris fin
told-ended-what = { $kind ->
    [invite] Vous aviez un { pages-access } à { $thing }. Il courait jusqu’au { $day }.
   *[ask] Vous aviez donné à { $who } un { pages-access } à { $thing }. Il courait jusqu’au { $day }.
}
told-declined = Vous avez refusé
told-declined-what = { $kind ->
    [invite] { $who } vous proposait un { pages-access } à { $thing }. Vous avez dit non, et rien n’a été partagé.
   *[ask] { $who } demandait un { pages-access } à { $thing }. Vous avez dit non, et rien n’a été partagé.
}
told-declined-until = Vous avez changé d’avis ? Jusqu’au { $moment }, vous pouvez encore dire oui.
told-declined-again = La même chose peut être redemandée à partir du { $day }.
told-approve = Accepter quand même
told-quote = Vos mots :
told-withdrawn = Plus besoin de répondre
told-withdrawn-what = { $kind ->
    [invite] { $who } a retiré la proposition avant votre réponse. Rien n’a été partagé.
   *[ask] { $who } a retiré la demande avant votre réponse. Rien n’a été partagé.
}
told-expired = { $kind ->
    [invite] Cette proposition a expiré
   *[ask] Cette demande a expiré
}
told-expired-what = Aucune réponse n’est venue avant le { $moment }, donc rien n’a été partagé.
told-ask-again = { $kind ->
    [invite] Si c’est encore utile, dites à { $who } de le proposer de nouveau : vous recevrez un nouvel e-mail avec un nouveau lien.
   *[ask] Si c’est encore utile, dites à { $who } de demander de nouveau : vous recevrez un nouvel e-mail avec un nouveau lien.
}
told-asked-again = Entre-temps, la même chose a été demandée de nouveau et attend votre réponse. Le lien est dans l’e-mail le plus récent ; nous pouvons vous le renvoyer.
told-cancelled = { $kind ->
    [invite] Cette proposition a été annulée
   *[ask] Cette demande a été annulée
}
told-why-asker-gone = La raison : la personne qui demandait n’est plus ici.
told-why-decider-gone = La raison : la personne qui déciderait n’est plus ici.
told-why-not-owner = La raison : la personne qui proposait n’en est plus propriétaire.
told-why-owner-now = La raison : cela appartient maintenant à la personne qui aurait obtenu l’accès.
told-why-gone = La raison : ce qui était demandé n’existe plus.
told-why-app = La raison : l’application qui demandait n’en a plus le droit.
told-why-admin = La raison : l’administration l’a supprimée.
told-nothing-shared = Rien n’a été partagé, et vous n’avez rien à faire.
told-failed = Notre e-mail n’a pas pu être distribué
told-failed-what = Le serveur de messagerie n’a pas accepté l’e-mail, donc la demande a pris fin sans réponse. Rien n’a été partagé.
told-pending = Cette demande attend votre réponse
told-other-decides = Quelqu’un d’autre décide maintenant
told-other-decides-what = Ce qui était demandé a un nouveau propriétaire, qui a reçu son propre e-mail. Vous n’avez rien à faire.
told-other-decided = Quelqu’un d’autre a décidé
told-other-decided-what = Ce qui était demandé a un nouveau propriétaire, qui a répondu à cette demande. Vous n’avez rien à faire.
told-earlier-address = Ce lien a été envoyé à une ancienne adresse de vous
told-earlier-address-what = Un lien n’est valable que tant que l’adresse à laquelle il a été envoyé est la vôtre. Si la demande vous attend encore, nous pouvons envoyer un nouveau lien à votre adresse actuelle.
told-restored = Ce lien date d’avant une restauration
told-restored-what = La base de données a été restaurée d’une sauvegarde, et les liens d’avant ne sont plus valables. Si la demande vous attend encore, nous pouvons vous envoyer un nouveau lien.
told-over = Cette demande est terminée
told-fresh = M’envoyer un nouveau lien

# La boîte
inbox-lists = Listes
inbox-states = Lesquelles
inbox-pages = Pages
inbox-newer = Plus récentes
inbox-older = Plus anciennes
inbox-export = Télécharger cette liste :
inbox-blocked = Qui vous avez bloqué
inbox-of-you = Demandé à vous
inbox-by-you = Demandé par vous
inbox-given = Donné par vous
inbox-held = Vos accès
inbox-waiting = En attente
inbox-answered = Terminées
inbox-live = Actuels
inbox-ended = Terminés
inbox-all = Tout
inbox-of-you-none-open = Rien n’attend votre réponse.
inbox-of-you-none = Il n’y a rien ici : personne ne vous a rien demandé.
inbox-by-you-none-open = Rien de vous n’attend une réponse.
inbox-by-you-none = Vous n’avez rien demandé.
inbox-given-none-open = Personne n’a accès à quelque chose de vous.
inbox-given-none = Il n’y a rien ici.
inbox-held-none-open = Vous n’avez accès à rien des autres.
inbox-held-none = Il n’y a rien ici.
inbox-asks = { $kind ->
    [invite] On vous propose un { pages-access } à { $thing }
   *[ask] { $who } demande un { pages-access } à { $thing }
}
inbox-asked-whom = { $kind ->
    [invite] Vous avez proposé à { $who } un { pages-access } à { $thing }
   *[ask] Vous avez demandé à { $who } un { pages-access } à { $thing }
}
inbox-asked = demandé le { $asked }
inbox-asked-answered = demandé le { $asked }, répondu le { $answered }
inbox-asked-over = demandé le { $asked }, terminé le { $ended }
inbox-answer-by = répondre avant le { $moment }
inbox-answer-until = jusqu’au { $moment }
inbox-link = Répondre
inbox-link-what = Vous répondez avec le lien de l’e-mail que nous vous avons envoyé. S’il est perdu, nous pouvons vous en envoyer un autre.
inbox-link-button = M’envoyer de nouveau le lien
inbox-link-later = Pour dire oui, prenez le lien de l’e-mail que nous vous avons envoyé. S’il n’arrive pas, vous pourrez en recevoir un autre à partir du { $moment }.
inbox-link-no-more = Pour dire oui, prenez le lien de l’un des e-mails que nous vous avons envoyés. Il n’en est pas envoyé davantage pour une demande.
inbox-still-yes = Vous avez changé d’avis ? Jusqu’au { $moment }, vous pouvez encore dire oui, avec le lien de votre e-mail.
inbox-decline = Refuser
inbox-decline-what = Rien n’est partagé, et l’autre personne en est avertie par e-mail.
inbox-decline-button = Refuser
inbox-offerer = La personne qui propose
inbox-reason = Un mot avec, si vous voulez
inbox-block = Bloquer
inbox-block-what = Cette personne ne pourra plus rien vous demander, jusqu’à ce que vous leviez le blocage. Si cette demande attend encore, elle est refusée. Les accès que vous avez donnés avant restent jusqu’à ce que vous les repreniez.
inbox-block-app = Bloquer l’application
inbox-block-app-what = L’application par laquelle cela est venu ne pourra plus rien vous demander, pour personne, jusqu’à ce que vous leviez le blocage. Si cette demande attend encore, elle est refusée.
inbox-block-app-button = Bloquer l’application
mail-queued = L’e-mail est sur le point de partir.
mail-sent = L’e-mail est arrivé à son serveur de messagerie.
mail-deferred = Son serveur de messagerie nous a demandé d’attendre ; nous continuons d’essayer.
mail-bounced = L’e-mail n’a pas pu être distribué. Vérifiez l’adresse et demandez de nouveau.
inbox-resend = Renvoyer l’e-mail
inbox-resend-what = Un autre e-mail part, avec son propre lien ; les liens précédents restent valables.
inbox-resend-button = Renvoyer
inbox-withdraw = Retirer
inbox-withdraw-what = L’autre personne apprend qu’il n’est plus besoin de répondre. Vous pourrez demander de nouveau plus tard.
inbox-withdraw-button = { $kind ->
    [invite] Retirer la proposition
   *[ask] Retirer la demande
}
inbox-again = { $kind ->
    [invite] Proposer de nouveau
   *[ask] Demander de nouveau
}
inbox-again-what = La même chose est demandée encore une fois, dans les mêmes mots. Un nouvel e-mail part.
inbox-again-button = { $kind ->
    [invite] Proposer de nouveau
   *[ask] Demander de nouveau
}
inbox-again-from = Vous pourrez redemander la même chose à partir du { $moment }.
inbox-gave = { $who } : { pages-access } à { $thing }
inbox-holds = { $who } vous a donné un { pages-access } à { $thing }
inbox-group = Le groupe { $name }
inbox-public-link = Quiconque a le lien public
inbox-signed-in = Toute personne connectée
inbox-guests = Toute personne non connectée
inbox-everyone = Tout le monde
inbox-and-more = { $first } et { $more } autres
inbox-since = depuis le { $from }, sans date de fin
inbox-since-until = depuis le { $from }, jusqu’au { $moment }
inbox-since-to = depuis le { $from }, repris le { $moment }
inbox-only = Seulement : { $parts }
inbox-shared-on = { $who } l’a partagé à son tour.
inbox-through-group = Vous l’avez par le groupe { $name }. Seule la personne qui l’a donné, ou à qui cela appartient, peut le reprendre.
inbox-take-back = Reprendre
inbox-take-back-what = L’accès prend fin aussitôt, et avec lui tous ceux qui en ont été partagés. Pour le donner de nouveau, il faudra une nouvelle demande.
inbox-take-back-button = Reprendre l’accès
inbox-give-up = Renoncer
inbox-give-up-what = Votre accès prend fin aussitôt. Pour l’avoir de nouveau, il faudra le redemander.
inbox-give-up-button = Renoncer à l’accès
said-link = Un nouveau lien est en route vers votre adresse e-mail.
said-declined = Vous avez refusé. Rien n’a été partagé.
said-withdrawn = C’est retiré.
said-withdrawn-undo = Annuler : demander de nouveau
said-resent = L’e-mail est de nouveau en route.
said-again = C’est demandé de nouveau. Un nouvel e-mail est en route.
said-taken-back = L’accès est repris.
said-given-up = Vous avez renoncé à l’accès.
said-blocked = Plus aucune demande ne vous viendra de là.
said-blocked-undo = Annuler : lever le blocage
said-lifted = Le blocage est levé.

# Les e-mails retenus
mailbox-heading = Boîte aux lettres
mailbox-why = Les e-mails ne sont pas envoyés mais gardés ici, car mail.transport est « capture ». Seule cette machine peut voir cette page.
mailbox-nothing = Aucun e-mail encore. Rechargez la page après une demande.
mailbox-from = De
mailbox-to = À
mailbox-received = Reçu
mailbox-html = Le lire en HTML
mailbox-text = En texte simple

# Quand quelque chose est impossible
trouble-unchanged = Rien n’a été changé.
trouble-link = Ce n’est pas un lien valable
trouble-link-why = Le lien est incomplet, ou il n’est pas de nous. Certains logiciels de messagerie coupent un long lien en deux.
trouble-link-do = Ouvrez-le de nouveau depuis l’e-mail, ou copiez l’adresse entière de l’e-mail dans votre navigateur.
no-cookie-heading = Votre navigateur n’a pas gardé notre cookie
no-cookie-link = Ce navigateur n’a pas renvoyé le cookie nécessaire à l’étape suivante. La navigation privée, les réglages de confidentialité, les extensions et les navigateurs intégrés aux messageries peuvent bloquer les cookies.
no-cookie-link-do = Rien n’a été changé. Autorisez les cookies pour { $host }, ou ouvrez le lien de l’e-mail dans un autre navigateur.
no-cookie-code = Ce navigateur n’a pas renvoyé le cookie qui nous dit pour qui le code a été demandé. La navigation privée, les réglages de confidentialité, les extensions et les navigateurs intégrés aux messageries peuvent bloquer les cookies.
no-cookie-code-do = Le code reçu par e-mail ne fonctionne que dans le navigateur qui l’a demandé. Autorisez les cookies pour { $host } et demandez un nouveau code, ou connectez-vous avec un autre navigateur.
no-cookie-form = Ce navigateur n’a pas envoyé notre cookie avec le formulaire. Sans lui, nous ne pouvons pas savoir si le formulaire vient de vous.
no-cookie-form-do = Rien n’a été changé. Autorisez les cookies pour { $host }, rouvrez la page et envoyez de nouveau le formulaire.
no-cookie-elsewhere = Vous revenez de { $name }, mais ce navigateur n’a pas renvoyé le cookie avec lequel la connexion avait commencé.
no-cookie-elsewhere-do = Rien n’a été changé. Autorisez les cookies pour { $host } et connectez-vous de nouveau.
other-name = Ce site a une autre adresse
other-name-why = Vous l’avez ouvert sous un nom qui n’est pas le sien. Les formulaires ne peuvent être envoyés que depuis sa propre adresse.
other-name-do = Rien n’a été changé. Ouvrez { $url } et réessayez.
other-name-open = Ouvrir { $url }
trouble-forged = Ce formulaire ne peut plus être envoyé
trouble-forged-why = Il ne venait pas d’une de nos pages, ou une session a été ouverte ou fermée depuis que la page est affichée.
trouble-forged-do = Rien n’a été changé. Revenez en arrière, rechargez la page et réessayez. Votre navigateur doit accepter les cookies de ce site.
trouble-form = Ce formulaire est illisible
trouble-form-do = Rien n’a été changé. Revenez en arrière et réessayez.
trouble-filter = Cette liste ne peut pas être filtrée ainsi
trouble-filter-do = L’adresse contient un filtre que cette liste n’a pas, ou deux fois le même. Rouvrez la liste et choisissez un filtre.
trouble-big = C’est trop long
trouble-big-do = Rien n’a été changé. Revenez en arrière, écrivez un texte plus court et réessayez.
trouble-nothing = Il n’y a rien ici
trouble-nothing-why = L’adresse est fausse, ou ce qui était ici n’existe plus.
trouble-forbidden = C’est impossible
trouble-invalid = Pas de cette façon
trouble-invalid-why = Un des champs contient quelque chose d’impossible. Revenez en arrière, rechargez la page et réessayez.
trouble-end-over = La fin demandée est passée. Demandez de nouveau, avec une fin plus tardive.
trouble-pending = Une demande est déjà en attente
trouble-pending-why = Ses conditions sont différentes : un autre niveau, une autre fin, un autre message ou une autre sélection.
trouble-pending-do = Attendez la réponse, ou retirez cette demande et demandez de nouveau.
trouble-wait = Veuillez patienter un peu
trouble-again = Réessayez après le { $moment }.
trouble-many-any = Cela a été fait trop souvent.
trouble-many-letters = L’e-mail a été envoyé autant de fois qu’il peut l’être pour une demande.
trouble-many-soon = L’e-mail est renvoyé au plus toutes les dix minutes.
trouble-many-declined = La même chose a déjà été refusée.
trouble-many-theirs = Cette personne a reçu autant d’e-mails que nous en envoyons à une personne.
trouble-many-from-you = Vous avez sollicité cette personne par e-mail autant de fois qu’il est permis à une seule personne.
trouble-many-domain = Le domaine de messagerie de cette personne a reçu autant d’e-mails que nous en envoyons à un domaine.
trouble-many-yours = Vous avez causé autant d’e-mails que nous en envoyons pour une personne.
trouble-many-tries = Il y a eu trop d’essais.
trouble-many-network = Il y a eu trop d’essais depuis votre réseau.
trouble-busy = Cela n’a pas pu être enregistré
trouble-busy-why = Nous sommes surchargés en ce moment.
trouble-busy-do = Veuillez réessayer dans une minute.
trouble-broken = Quelque chose s’est mal passé de notre côté
trouble-broken-do = Veuillez réessayer. Si cela se reproduit, dites-le aux personnes qui gèrent ce site.
trouble-why-not-yours = Ce n’est pas à vous de le faire.
trouble-why-asker-only = Seule la personne qui a demandé peut le faire.
trouble-why-decider-only = Seule la personne qui décide peut le faire.
trouble-why-asker-over = La personne qui a demandé n’en a plus le droit ; il n’est donc plus possible d’accepter. Vous pouvez refuser, ou laisser la demande prendre fin d’elle-même.
trouble-why-offer-over = La personne qui propose n’a plus le droit de partager.
trouble-why-offer-less = La personne qui propose n’a plus autant elle-même.
trouble-why-group = C’est donné à un groupe dont vous faites partie. Seule la personne qui l’a donné, ou à qui sont les données, peut le reprendre.
trouble-why-blocked = Cette personne n’accepte pas vos demandes.
trouble-to-front = Aller à la première page
trouble-to-request = Retour à la demande
trouble-to-inbox = Aller à votre boîte
trouble-to-admin = Vers la vue d’ensemble
trouble-to-sign-in = Retour à la connexion
trouble-to-sessions = Retour à vos connexions

# Asking to keep access that ends
renew-heading = Garder votre accès
renew-said = Nous posons la question à { $decider }. Vous aurez de nos nouvelles dès qu’il y aura une réponse.
renew-what = Vous avez accès à { $thing } ({ $level }). Cet accès prend fin : { $ends }.
renew-asked = Vous avez demandé à le garder ; il n’y a pas encore de réponse.
renew-again = { $decider } a déjà refusé. Vous pourrez redemander à partir du { $from }.
renew-decides = C’est à { $decider } de décider si vous le gardez, { $how_long }.
renew-message = Un mot à { $decider } (si vous le souhaitez)
renew-button = Demander à le garder
