CREATE TABLE `commit_facts` (
	`repository_id` bigint NOT NULL,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(32) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`value` longblob NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `commit_facts_repository_id_commit_oid_kind_pk` PRIMARY KEY(`repository_id`,`commit_oid`,`kind`)
);
--> statement-breakpoint
CREATE TABLE `directory_histories` (
	`repository_id` bigint NOT NULL,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`path_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`entries` longblob NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `directory_histories_repository_id_commit_oid_path_hash_pk` PRIMARY KEY(`repository_id`,`commit_oid`,`path_hash`)
);
--> statement-breakpoint
CREATE TABLE `events` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`kind` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`actor_id` bigint,
	`repository_id` bigint,
	`data` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `events_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`queue` varchar(32) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`payload` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`state` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`priority` bigint NOT NULL,
	`run_at` bigint NOT NULL,
	`attempts` bigint NOT NULL,
	`max_attempts` bigint NOT NULL,
	`unique_key` varchar(190) character set utf8mb4 collate utf8mb4_bin,
	`fairness_key` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`lease_owner` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`lease_until` bigint,
	`last_error` longtext character set utf8mb4 collate utf8mb4_bin,
	`created_at` bigint NOT NULL,
	`finished_at` bigint,
	CONSTRAINT `jobs_id` PRIMARY KEY(`id`),
	CONSTRAINT `jobs_unique_key` UNIQUE(`unique_key`)
);
--> statement-breakpoint
CREATE TABLE `schedules` (
	`name` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`last_run_at` bigint NOT NULL,
	CONSTRAINT `schedules_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`value` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	CONSTRAINT `settings_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `collaborators` (
	`repository_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`permission` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `collaborators_repository_id_user_id_pk` PRIMARY KEY(`repository_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `push_intents` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`user_id` bigint,
	`updates` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `push_intents_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `repositories` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`owner_id` bigint NOT NULL,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name_key` varchar(120) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`website` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`visibility` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`default_branch` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`object_format` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`storage_key` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_empty` boolean NOT NULL,
	`size_bytes` bigint NOT NULL,
	`pushes_since_repack` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	`pushed_at` bigint,
	`deleted_at` bigint,
	CONSTRAINT `repositories_id` PRIMARY KEY(`id`),
	CONSTRAINT `repositories_owner_name` UNIQUE(`owner_id`,`name_key`),
	CONSTRAINT `repositories_storage_key` UNIQUE(`storage_key`)
);
--> statement-breakpoint
CREATE TABLE `repository_redirects` (
	`owner_id` bigint NOT NULL,
	`name_key` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`repository_id` bigint NOT NULL,
	CONSTRAINT `repository_redirects_owner_id_name_key_pk` PRIMARY KEY(`owner_id`,`name_key`)
);
--> statement-breakpoint
CREATE TABLE `access_tokens` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`token_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`last_eight` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`scopes` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`expires_at` bigint,
	`last_used_at` bigint,
	CONSTRAINT `access_tokens_id` PRIMARY KEY(`id`),
	CONSTRAINT `access_tokens_token_hash` UNIQUE(`token_hash`),
	CONSTRAINT `access_tokens_user_name` UNIQUE(`user_id`,`name`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`token_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`address` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_agent` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`last_used_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`),
	CONSTRAINT `sessions_token_hash` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `ssh_keys` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`title` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`key_type` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`public_key` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`fingerprint` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`last_used_at` bigint,
	CONSTRAINT `ssh_keys_id` PRIMARY KEY(`id`),
	CONSTRAINT `ssh_keys_fingerprint` UNIQUE(`fingerprint`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`kind` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name_key` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`display_name` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`email_key` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`password_hash` longtext character set utf8mb4 collate utf8mb4_bin,
	`is_admin` boolean NOT NULL,
	`is_suspended` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	`last_login_at` bigint,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_name_key` UNIQUE(`name_key`),
	CONSTRAINT `users_email_key` UNIQUE(`email_key`)
);
--> statement-breakpoint
ALTER TABLE `commit_facts` ADD CONSTRAINT `commit_facts_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `directory_histories` ADD CONSTRAINT `directory_histories_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `collaborators` ADD CONSTRAINT `collaborators_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `collaborators` ADD CONSTRAINT `collaborators_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `push_intents` ADD CONSTRAINT `push_intents_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `push_intents` ADD CONSTRAINT `push_intents_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repositories` ADD CONSTRAINT `repositories_owner_id_users_id_fk` FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_redirects` ADD CONSTRAINT `repository_redirects_owner_id_users_id_fk` FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_redirects` ADD CONSTRAINT `repository_redirects_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `access_tokens` ADD CONSTRAINT `access_tokens_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `sessions` ADD CONSTRAINT `sessions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `ssh_keys` ADD CONSTRAINT `ssh_keys_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `commit_facts_created` ON `commit_facts` (`created_at`);
--> statement-breakpoint
CREATE INDEX `directory_histories_created` ON `directory_histories` (`created_at`);
--> statement-breakpoint
CREATE INDEX `events_repository` ON `events` (`repository_id`,`id`);
--> statement-breakpoint
CREATE INDEX `events_actor` ON `events` (`actor_id`,`id`);
--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`state`,`queue`,`priority`,`fairness_key`,`run_at`);
--> statement-breakpoint
CREATE INDEX `jobs_lease` ON `jobs` (`state`,`lease_until`);
--> statement-breakpoint
CREATE INDEX `jobs_finished` ON `jobs` (`state`,`finished_at`);
--> statement-breakpoint
CREATE INDEX `collaborators_user` ON `collaborators` (`user_id`);
--> statement-breakpoint
CREATE INDEX `push_intents_repository` ON `push_intents` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `repositories_updated` ON `repositories` (`updated_at`);
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);
--> statement-breakpoint
CREATE INDEX `ssh_keys_user` ON `ssh_keys` (`user_id`);
