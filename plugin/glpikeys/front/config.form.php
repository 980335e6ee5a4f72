<?php

/**
 * The plugin's settings.
 *
 * @license GPL-3.0-or-later
 */

declare(strict_types=1);

use Glpi\Application\View\TemplateRenderer;
use GlpiPlugin\Glpikeys\Installer;
use GlpiPlugin\Glpikeys\Settings;
use GlpiPlugin\Glpikeys\Text;

// GLPI 11 has started already; GLPI 10 has to be started.
if (!defined('GLPI_ROOT')) {
    include '../../../inc/includes.php';
}
if (!Plugin::isPluginActive('glpikeys')) {
    http_response_code(404);
    exit;
}

Session::checkRight('config', UPDATE);

if (isset($_POST['update'])) {
    Config::setConfigurationValues(Installer::CONTEXT, Settings::read(Text::raw($_POST)));
    Html::back();
}

Html::header('GLPI Keys', $_SERVER['PHP_SELF'], 'config', 'plugin');
TemplateRenderer::getInstance()->display('@glpikeys/settings.html.twig', [
    'settings' => Config::getConfigurationValues(Installer::CONTEXT) + Installer::SETTINGS,
    'action'   => $_SERVER['PHP_SELF'],
    'choices'  => [
        'disable' => __('Stay, disabled', 'glpikeys'),
        'delete'  => __('Are deleted', 'glpikeys'),
    ],
]);
Html::footer();
