<?php

/**
 * One invitation: its form, and what the form sends.
 *
 * @license GPL-3.0-or-later
 */

declare(strict_types=1);

// GLPI 11 has started already; GLPI 10 has to be started.
if (!defined('GLPI_ROOT')) {
    include '../../../inc/includes.php';
}
if (!Plugin::isPluginActive('glpikeys')) {
    http_response_code(404);
    exit;
}

Session::checkRight(PluginGlpikeysInvitation::$rightname, READ);

$invitation = new PluginGlpikeysInvitation();
$id         = filter_var($_POST['id'] ?? $_GET['id'] ?? 0, FILTER_VALIDATE_INT) ?: 0;

// GLPI's header writes it into the title as it came.
if (isset($_GET['id'])) {
    $_GET['id'] = $id;
}

if (isset($_POST['add'])) {
    $invitation->check(-1, CREATE, $_POST);
    if ($invitation->add($_POST) && $invitation->fields['show_once']) {
        // The one answer that holds the link: a redirect would lose it.
        header('Cache-Control: no-store');
        Html::header(
            PluginGlpikeysInvitation::getTypeName(1),
            $_SERVER['PHP_SELF'],
            'admin',
            PluginGlpikeysInvitation::class
        );
        $invitation->showForm($invitation->getID());
        Html::footer();
        return;
    }
    if ($invitation->isNewItem()) {
        Html::back();
    }
    Html::redirect($invitation->getLinkURL());
}

foreach (['update' => UPDATE, 'delete' => DELETE, 'restore' => DELETE, 'purge' => PURGE] as $action => $right) {
    if (!isset($_POST[$action])) {
        continue;
    }
    $invitation->check($id, $right);
    match ($action) {
        'update'  => $invitation->update(['id' => $id] + $_POST),
        'delete'  => $invitation->delete(['id' => $id]),
        'restore' => $invitation->restore(['id' => $id]),
        'purge'   => $invitation->delete(['id' => $id], true),
    };
    if ($action === 'update') {
        Html::back();
    }
    $invitation->redirectToList();
}

header('Cache-Control: no-store');
Html::header(
    PluginGlpikeysInvitation::getTypeName(1),
    $_SERVER['PHP_SELF'],
    'admin',
    PluginGlpikeysInvitation::class
);
$invitation->display(['id' => $id]);
Html::footer();
