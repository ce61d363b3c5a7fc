CREATE TABLE `known_devices` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`device_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`last_seen_at` bigint NOT NULL,
	CONSTRAINT `known_devices_id` PRIMARY KEY(`id`),
	CONSTRAINT `known_devices_hash` UNIQUE(`user_id`,`device_hash`)
);
--> statement-breakpoint
CREATE TABLE `one_time_tokens` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`kind` varchar(32) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`token_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` bigint,
	`data` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `one_time_tokens_id` PRIMARY KEY(`id`),
	CONSTRAINT `one_time_tokens_hash` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`credential_id` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`credential_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`public_key` longblob NOT NULL,
	`sign_count` bigint NOT NULL,
	`transports` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_discoverable` boolean NOT NULL,
	`is_backed_up` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	`last_used_at` bigint,
	CONSTRAINT `passkeys_id` PRIMARY KEY(`id`),
	CONSTRAINT `passkeys_credential` UNIQUE(`credential_hash`)
);
--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`code_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`used_at` bigint,
	CONSTRAINT `recovery_codes_id` PRIMARY KEY(`id`),
	CONSTRAINT `recovery_codes_hash` UNIQUE(`user_id`,`code_hash`)
);
--> statement-breakpoint
CREATE TABLE `registration_invitations` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`email_key` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`token_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`invited_by` bigint,
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `registration_invitations_id` PRIMARY KEY(`id`),
	CONSTRAINT `registration_invitations_email` UNIQUE(`email_key`),
	CONSTRAINT `registration_invitations_token` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`kind` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`title` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`fingerprint` varchar(80) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`public_key` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`key_ids` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`emails` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`expires_at` bigint,
	`created_at` bigint NOT NULL,
	`verified_at` bigint,
	CONSTRAINT `signing_keys_id` PRIMARY KEY(`id`),
	CONSTRAINT `signing_keys_fingerprint` UNIQUE(`kind`,`fingerprint`)
);
--> statement-breakpoint
CREATE TABLE `totp_secrets` (
	`user_id` bigint NOT NULL,
	`sealed_secret` longblob NOT NULL,
	`confirmed_at` bigint,
	`last_step` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `totp_secrets_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`organization_id` bigint NOT NULL,
	`user_id` bigint,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin,
	`email_key` varchar(254) character set utf8mb4 collate utf8mb4_bin,
	`role` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`team_ids` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`token_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`invited_by` bigint,
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `invitations_id` PRIMARY KEY(`id`),
	CONSTRAINT `invitations_token` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `organization_members` (
	`organization_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`role` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_public` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `organization_members_organization_id_user_id_pk` PRIMARY KEY(`organization_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `organizations` (
	`user_id` bigint NOT NULL,
	`visibility` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`base_permission` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`member_creation` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`requires_two_factor` boolean NOT NULL,
	CONSTRAINT `organizations_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `team_ancestors` (
	`team_id` bigint NOT NULL,
	`ancestor_id` bigint NOT NULL,
	`depth` bigint NOT NULL,
	CONSTRAINT `team_ancestors_team_id_ancestor_id_pk` PRIMARY KEY(`team_id`,`ancestor_id`)
);
--> statement-breakpoint
CREATE TABLE `team_members` (
	`team_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`role` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `team_members_team_id_user_id_pk` PRIMARY KEY(`team_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `teams` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`organization_id` bigint NOT NULL,
	`parent_id` bigint,
	`name` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name_key` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_secret` boolean NOT NULL,
	`unit_caps` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `teams_id` PRIMARY KEY(`id`),
	CONSTRAINT `teams_name` UNIQUE(`organization_id`,`name_key`)
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`sequence` bigint NOT NULL,
	`at` bigint NOT NULL,
	`kind` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`actor_id` bigint,
	`actor_name` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`via` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`address` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` bigint,
	`organization_id` bigint,
	`repository_id` bigint,
	`data` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	CONSTRAINT `audit_entries_id` PRIMARY KEY(`id`),
	CONSTRAINT `audit_entries_sequence` UNIQUE(`sequence`)
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`kind` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`text` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`ends_at` bigint,
	CONSTRAINT `notices_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `outgoing_mails` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`sealed` longblob NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `outgoing_mails_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `contributions` (
	`user_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`subject` varchar(80) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`day` bigint NOT NULL,
	CONSTRAINT `contributions_user_id_repository_id_subject_pk` PRIMARY KEY(`user_id`,`repository_id`,`subject`)
);
--> statement-breakpoint
CREATE TABLE `deploy_keys` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`title` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`key_type` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`public_key` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`fingerprint` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`can_write` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	`last_used_at` bigint,
	CONSTRAINT `deploy_keys_id` PRIMARY KEY(`id`),
	CONSTRAINT `deploy_keys_fingerprint` UNIQUE(`fingerprint`)
);
--> statement-breakpoint
CREATE TABLE `pins` (
	`user_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`position` bigint NOT NULL,
	CONSTRAINT `pins_user_id_repository_id_pk` PRIMARY KEY(`user_id`,`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `repository_transfers` (
	`repository_id` bigint NOT NULL,
	`recipient_id` bigint NOT NULL,
	`requested_by` bigint,
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `repository_transfers_repository_id` PRIMARY KEY(`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `stars` (
	`user_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `stars_user_id_repository_id_pk` PRIMARY KEY(`user_id`,`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `team_repositories` (
	`team_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`permission` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `team_repositories_team_id_repository_id_pk` PRIMARY KEY(`team_id`,`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `avatars` (
	`user_id` bigint NOT NULL,
	`bytes` longblob NOT NULL,
	`media_type` varchar(32) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	CONSTRAINT `avatars_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `blocks` (
	`blocker_id` bigint NOT NULL,
	`blocked_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `blocks_blocker_id_blocked_id_pk` PRIMARY KEY(`blocker_id`,`blocked_id`)
);
--> statement-breakpoint
CREATE TABLE `email_addresses` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`email_key` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`verified_at` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `email_addresses_id` PRIMARY KEY(`id`),
	CONSTRAINT `email_addresses_key` UNIQUE(`email_key`)
);
--> statement-breakpoint
CREATE TABLE `follows` (
	`follower_id` bigint NOT NULL,
	`followed_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `follows_follower_id_followed_id_pk` PRIMARY KEY(`follower_id`,`followed_id`)
);
--> statement-breakpoint
CREATE TABLE `retired_names` (
	`name_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`retired_at` bigint NOT NULL,
	CONSTRAINT `retired_names_name_hash` PRIMARY KEY(`name_hash`)
);
--> statement-breakpoint
DROP INDEX `repositories_updated` ON `repositories`;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `archived_at` bigint;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `disabled_units` varchar(100) character set utf8mb4 collate utf8mb4_bin DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `star_count` bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `repository_ids` longtext character set utf8mb4 collate utf8mb4_bin;
--> statement-breakpoint
ALTER TABLE `sessions` ADD `proven_at` bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `sessions` ADD `has_second_factor` boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `is_restricted` boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `must_change_password` boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `bio` varchar(250) character set utf8mb4 collate utf8mb4_bin DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `location` varchar(100) character set utf8mb4 collate utf8mb4_bin DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `website` varchar(255) character set utf8mb4 collate utf8mb4_bin DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `avatar_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin;
--> statement-breakpoint
ALTER TABLE `users` ADD `hides_email` boolean DEFAULT true NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `has_second_factor` boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `follower_count` bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `users` ADD `following_count` bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `known_devices` ADD CONSTRAINT `known_devices_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `one_time_tokens` ADD CONSTRAINT `one_time_tokens_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `passkeys` ADD CONSTRAINT `passkeys_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `recovery_codes` ADD CONSTRAINT `recovery_codes_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `registration_invitations` ADD CONSTRAINT `registration_invitations_invited_by_users_id_fk` FOREIGN KEY (`invited_by`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `signing_keys` ADD CONSTRAINT `signing_keys_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `totp_secrets` ADD CONSTRAINT `totp_secrets_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `invitations` ADD CONSTRAINT `invitations_organization_id_users_id_fk` FOREIGN KEY (`organization_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `invitations` ADD CONSTRAINT `invitations_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `invitations` ADD CONSTRAINT `invitations_invited_by_users_id_fk` FOREIGN KEY (`invited_by`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `organization_members` ADD CONSTRAINT `organization_members_organization_id_users_id_fk` FOREIGN KEY (`organization_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `organization_members` ADD CONSTRAINT `organization_members_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `organizations` ADD CONSTRAINT `organizations_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `team_ancestors` ADD CONSTRAINT `team_ancestors_team_id_teams_id_fk` FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `team_ancestors` ADD CONSTRAINT `team_ancestors_ancestor_id_teams_id_fk` FOREIGN KEY (`ancestor_id`) REFERENCES `teams`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `team_members` ADD CONSTRAINT `team_members_team_id_teams_id_fk` FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `team_members` ADD CONSTRAINT `team_members_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `teams` ADD CONSTRAINT `teams_organization_id_users_id_fk` FOREIGN KEY (`organization_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `contributions` ADD CONSTRAINT `contributions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `contributions` ADD CONSTRAINT `contributions_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `deploy_keys` ADD CONSTRAINT `deploy_keys_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pins` ADD CONSTRAINT `pins_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pins` ADD CONSTRAINT `pins_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_transfers` ADD CONSTRAINT `repository_transfers_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_transfers` ADD CONSTRAINT `repository_transfers_recipient_id_users_id_fk` FOREIGN KEY (`recipient_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_transfers` ADD CONSTRAINT `repository_transfers_requested_by_users_id_fk` FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `stars` ADD CONSTRAINT `stars_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `stars` ADD CONSTRAINT `stars_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `team_repositories` ADD CONSTRAINT `team_repositories_team_id_teams_id_fk` FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `team_repositories` ADD CONSTRAINT `team_repositories_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `avatars` ADD CONSTRAINT `avatars_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `blocks` ADD CONSTRAINT `blocks_blocker_id_users_id_fk` FOREIGN KEY (`blocker_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `blocks` ADD CONSTRAINT `blocks_blocked_id_users_id_fk` FOREIGN KEY (`blocked_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `email_addresses` ADD CONSTRAINT `email_addresses_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `follows` ADD CONSTRAINT `follows_follower_id_users_id_fk` FOREIGN KEY (`follower_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `follows` ADD CONSTRAINT `follows_followed_id_users_id_fk` FOREIGN KEY (`followed_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `one_time_tokens_user` ON `one_time_tokens` (`user_id`,`kind`);
--> statement-breakpoint
CREATE INDEX `one_time_tokens_expires` ON `one_time_tokens` (`expires_at`);
--> statement-breakpoint
CREATE INDEX `passkeys_user` ON `passkeys` (`user_id`);
--> statement-breakpoint
CREATE INDEX `signing_keys_user` ON `signing_keys` (`user_id`);
--> statement-breakpoint
CREATE INDEX `invitations_organization` ON `invitations` (`organization_id`);
--> statement-breakpoint
CREATE INDEX `invitations_user` ON `invitations` (`user_id`);
--> statement-breakpoint
CREATE INDEX `invitations_email` ON `invitations` (`email_key`);
--> statement-breakpoint
CREATE INDEX `organization_members_user` ON `organization_members` (`user_id`);
--> statement-breakpoint
CREATE INDEX `team_ancestors_up` ON `team_ancestors` (`ancestor_id`);
--> statement-breakpoint
CREATE INDEX `team_members_user` ON `team_members` (`user_id`);
--> statement-breakpoint
CREATE INDEX `teams_parent` ON `teams` (`parent_id`);
--> statement-breakpoint
CREATE INDEX `audit_entries_organization` ON `audit_entries` (`organization_id`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_entries_actor` ON `audit_entries` (`actor_id`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_entries_user` ON `audit_entries` (`user_id`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_entries_kind` ON `audit_entries` (`kind`,`id`);
--> statement-breakpoint
CREATE INDEX `contributions_day` ON `contributions` (`user_id`,`day`,`repository_id`);
--> statement-breakpoint
CREATE INDEX `contributions_repository` ON `contributions` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `deploy_keys_repository` ON `deploy_keys` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `pins_repository` ON `pins` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `repository_transfers_recipient` ON `repository_transfers` (`recipient_id`);
--> statement-breakpoint
CREATE INDEX `stars_repository` ON `stars` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `team_repositories_repository` ON `team_repositories` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `blocks_blocked` ON `blocks` (`blocked_id`);
--> statement-breakpoint
CREATE INDEX `email_addresses_user` ON `email_addresses` (`user_id`);
--> statement-breakpoint
CREATE INDEX `follows_followed` ON `follows` (`followed_id`);
--> statement-breakpoint
CREATE INDEX `repositories_visibility_updated` ON `repositories` (`visibility`,`updated_at`,`id`);
--> statement-breakpoint
CREATE INDEX `repositories_owner_visibility` ON `repositories` (`owner_id`,`visibility`,`updated_at`,`id`);
--> statement-breakpoint
INSERT INTO `email_addresses` (`user_id`, `email`, `email_key`, `verified_at`, `created_at`) SELECT `id`, `email`, `email_key`, `created_at`, `created_at` FROM `users` WHERE `kind` = 'user';
