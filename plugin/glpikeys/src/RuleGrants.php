<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Dropdown;
use Group;
use Group_User;
use PluginGlpikeysInvitation;
use Profile;
use Session;
use User;
use UserEmail;

/**
 * What GLPI's authorization rules will give an account when it signs in, for the person who
 * is about to let it in.
 *
 * @license GPL-3.0-or-later
 */
final class RuleGrants
{
    /**
     * @param list<array{entities_id: int, profiles_id: int, is_recursive: int}> $rights
     * @param int[] $groups ids
     * @param bool  $more   whether there is more, which gives no access, e.g. a default entity
     */
    private function __construct(private array $rights, private array $groups, private bool $more)
    {
    }

    public static function ofAccount(int $id): self
    {
        $user = new User();
        if (!$user->getFromDB($id)) {
            return new self([], [], false);
        }
        $groups = array_map('intval', array_column(Group_User::getUserGroups($id), 'id'));
        do {
            $known   = count($groups);
            $results = Join\AuthorizationRules::results(
                (string) Text::fromItem($user->fields['name']),
                (string) Text::fromItem(UserEmail::getDefaultForUser($id)),
                $groups
            );
            // A group that a rule gives may make another rule match, one sign-in later.
            $groups = array_unique([...$groups, ...array_map('intval', $results['_ldap_rules']['groups_id'] ?? [])]);
        } while (count($groups) > $known);

        return self::fromResults($results);
    }

    /** Whether the person at work could give all of it. */
    public function areGrantable(): bool
    {
        foreach ($this->rights as $right) {
            if (!PluginGlpikeysInvitation::mayGrant(['profile_recursive' => $right['is_recursive']] + $right)) {
                return false;
            }
        }
        foreach ($this->groups as $id) {
            if (!self::isGroupVisible($id)) {
                return false;
            }
        }
        return true;
    }

    /**
     * In words, without a full stop; empty when the rules give nothing. Entities and groups that
     * the person at work has no access to are not named.
     */
    public function text(): string
    {
        $parts = [];
        foreach ($this->rights as $right) {
            $parts[] = sprintf(
                $right['is_recursive'] === 1
                    ? __('profile %1$s in %2$s and its child entities', 'glpikeys')
                    : __('profile %1$s in %2$s', 'glpikeys'),
                self::name('glpi_profiles', $right['profiles_id']),
                Session::haveAccessToEntity($right['entities_id'])
                    ? self::name('glpi_entities', $right['entities_id'])
                    : __('another entity', 'glpikeys')
            );
        }
        foreach ($this->groups as $id) {
            $parts[] = self::isGroupVisible($id)
                ? sprintf(__('group %s', 'glpikeys'), self::name('glpi_groups', $id))
                : __('a group of another entity', 'glpikeys');
        }
        if ($this->more) {
            $parts[] = __('other settings', 'glpikeys');
        }
        return implode('; ', $parts);
    }

    public function sentence(): string
    {
        return sprintf(__('An authorization rule of GLPI also gives this person: %s.', 'glpikeys'), $this->text());
    }

    /**
     * As User::applyRightRules() does (10.0.12, 11.0.6): rights of whole rules; entities and
     * profiles of different rules, each with each; entities alone with the default profile.
     *
     * @param array<string, mixed> $results of the rules
     */
    private static function fromResults(array $results): self
    {
        $given    = $results['_ldap_rules'] ?? [];
        $entities = $given['rules_entities'] ?? [];
        $profiles = $given['rules_rights'] ?? [];
        if ($profiles === []) {
            $profiles = array_filter([(int) Profile::getDefault()]);
        }
        $rights = [];
        foreach ($given['rules_entities_rights'] ?? [] as [$ids, $profile, $recursive]) {
            foreach ((array) $ids as $id) {
                $rights[] = self::right($id, $profile, $recursive);
            }
        }
        foreach ($entities as [$id, $recursive]) {
            foreach ($profiles as $profile) {
                $rights[] = self::right($id, $profile, $recursive);
            }
        }
        $groups = [...($given['groups_id'] ?? []), ...array_filter([(int) ($results['groups_id'] ?? 0)])];
        $more   = array_diff_key($results, ['_ldap_rules' => 0, 'groups_id' => 0]) !== [];

        return new self(array_unique($rights, SORT_REGULAR), array_unique(array_map('intval', $groups)), $more);
    }

    /** @return array{entities_id: int, profiles_id: int, is_recursive: int} */
    private static function right(mixed $entity, mixed $profile, mixed $recursive): array
    {
        return ['entities_id' => (int) $entity, 'profiles_id' => (int) $profile, 'is_recursive' => (int) $recursive];
    }

    /** One that is gone hides nothing. */
    private static function isGroupVisible(int $id): bool
    {
        $group = new Group();

        return !$group->getFromDB($id)
            || Session::haveAccessToEntity($group->fields['entities_id'], (bool) $group->fields['is_recursive']);
    }

    private static function name(string $table, int $id): string
    {
        return (string) Text::fromItem(Dropdown::getDropdownName($table, $id));
    }
}
