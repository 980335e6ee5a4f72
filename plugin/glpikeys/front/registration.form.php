<?php

/**
 * The answer to a registration that waits, from the tab of its invitation.
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

$registration = new PluginGlpikeysRegistration();
$id           = filter_var($_POST['id'] ?? $_GET['id'] ?? 0, FILTER_VALIDATE_INT) ?: 0;

if (isset($_POST['approve']) || isset($_POST['refuse'])) {
    $registration->check($id, UPDATE);
    $registration->update([
        'id'    => $id,
        'state' => isset($_POST['approve'])
            ? PluginGlpikeysRegistration::DONE
            : PluginGlpikeysRegistration::REFUSED,
    ]);
    Html::back();
}

// A registration has no page of its own: its invitation shows it.
$registration->check($id, READ);
Html::redirect(PluginGlpikeysInvitation::getFormURLWithID(
    $registration->fields['plugin_glpikeys_invitations_id']
));
