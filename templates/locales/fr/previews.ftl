# Chaque e-mail, à regarder par les administrateurs. Pas de HTML ici.

preview-what = Chaque sorte d’e-mail tel qu’il arrive, avec des personnes inventées. Rien n’est envoyé ici, et aucun lien ne mène nulle part.
preview-language = Langue
preview-kinds = Sortes d’e-mails
preview-all = Tous les e-mails
preview-width = Largeur
preview-sample = Exemple
preview-html = Comme la plupart le voient
preview-text = En texte brut

preview-decide = À qui décide : quelqu’un demande un accès.
preview-invite = À qui décide : quelqu’un offre un accès.
preview-reminder = À qui décide : cela attend toujours.
preview-fresh-link = À qui décide : le nouveau lien qui a été demandé.
preview-receipt = À qui a demandé : la demande est en route.
preview-approved = À qui a demandé : oui.
preview-approved-less = À qui a demandé : oui, mais pour moins.
preview-declined = À qui a demandé : non.
preview-withdrawn = À qui devait décider : plus aucune réponse n’est nécessaire.
preview-expired = À qui a demandé : personne n’a répondu à temps.
preview-cancelled = À qui a demandé : cela ne peut plus être décidé.
preview-another-decides = À qui décidait jusqu’ici : quelqu’un d’autre décide.
preview-sign-in-code = À qui se connecte : un code.
preview-sign-in-warning = À la personne dont on essaie de deviner le mot de passe, après cent essais erronés de suite.
preview-undeliverable = À qui a demandé : l’e-mail n’a pas pu être remis.
preview-shared = À qui reçoit quelque chose : quelqu’un l’a partagé.
preview-ends-soon = À qui a un accès : il prend bientôt fin.
preview-ended = À qui avait un accès : son temps est écoulé.
preview-revoked = À qui avait un accès : il a été repris.
preview-summary = Aux administrateurs : ce qui attend quelqu’un.
