# Chaque e-mail, à regarder par les administrateurs. Pas de HTML ici.

preview-what = Chaque sorte d’e-mail tel qu’il arrive, avec des personnes inventées. Rien n’est envoyé ici, et aucun lien ne mène nulle part.
preview-language = Langue
preview-kinds = Sortes d’e-mails
preview-all = Tous les e-mails
preview-width = Largeur
preview-sample = Exemple
preview-html = Comme la plupart le voient
preview-text = En texte brut
