CREATE TABLE `signing_key_ids` (
	`key_id` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`signing_key_id` bigint NOT NULL,
	CONSTRAINT `signing_key_ids_key_id_signing_key_id_pk` PRIMARY KEY(`key_id`,`signing_key_id`)
);
--> statement-breakpoint
CREATE TABLE `commit_statuses` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`context` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`state` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`target_url` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`creator_id` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `commit_statuses_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `deleted_branches` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`name` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`deleted_by` bigint,
	`deleted_at` bigint NOT NULL,
	CONSTRAINT `deleted_branches_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `lfs_locks` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`path` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`path_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `lfs_locks_id` PRIMARY KEY(`id`),
	CONSTRAINT `lfs_locks_path` UNIQUE(`repository_id`,`path_hash`)
);
--> statement-breakpoint
CREATE TABLE `lfs_objects` (
	`repository_id` bigint NOT NULL,
	`oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`size_bytes` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `lfs_objects_repository_id_oid_pk` PRIMARY KEY(`repository_id`,`oid`)
);
--> statement-breakpoint
CREATE TABLE `release_assets` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`release_id` bigint NOT NULL,
	`name` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`size_bytes` bigint NOT NULL,
	`sha256` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`storage_key` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`download_count` bigint NOT NULL,
	`uploader_id` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `release_assets_id` PRIMARY KEY(`id`),
	CONSTRAINT `release_assets_name` UNIQUE(`release_id`,`name`),
	CONSTRAINT `release_assets_storage_key` UNIQUE(`storage_key`)
);
--> statement-breakpoint
CREATE TABLE `releases` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`tag_name` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`target` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`title` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`body` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_draft` boolean NOT NULL,
	`is_prerelease` boolean NOT NULL,
	`author_id` bigint,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	`published_at` bigint,
	CONSTRAINT `releases_id` PRIMARY KEY(`id`),
	CONSTRAINT `releases_tag` UNIQUE(`repository_id`,`tag_name`)
);
--> statement-breakpoint
CREATE TABLE `symbol_indexes` (
	`repository_id` bigint NOT NULL,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`version` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `symbol_indexes_repository_id` PRIMARY KEY(`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `symbols` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`name` varchar(190) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`path` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`path_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`line` bigint NOT NULL,
	CONSTRAINT `symbols_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`token` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`repository_id` bigint NOT NULL,
	`release_id` bigint,
	`user_id` bigint NOT NULL,
	`name` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`size_bytes` bigint NOT NULL,
	`received_bytes` bigint NOT NULL,
	`storage_key` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `uploads_id` PRIMARY KEY(`id`),
	CONSTRAINT `uploads_token` UNIQUE(`token`)
);
--> statement-breakpoint
CREATE TABLE `viewed_files` (
	`user_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`mark` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `viewed_files_user_id_repository_id_mark_pk` PRIMARY KEY(`user_id`,`repository_id`,`mark`)
);
--> statement-breakpoint
CREATE TABLE `imports` (
	`repository_id` bigint NOT NULL,
	`url` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`sealed_credentials` longblob,
	`lfs` boolean NOT NULL,
	`mirror_minutes` bigint,
	`state` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`stage` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`percent` bigint NOT NULL,
	`error` longtext character set utf8mb4 collate utf8mb4_bin,
	`requested_by` bigint,
	`created_at` bigint NOT NULL,
	`finished_at` bigint,
	CONSTRAINT `imports_repository_id` PRIMARY KEY(`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `mirrors` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`direction` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`url` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`sealed_credentials` longblob,
	`interval_minutes` bigint NOT NULL,
	`on_push` boolean NOT NULL,
	`lfs` boolean NOT NULL,
	`next_run_at` bigint,
	`last_run_at` bigint,
	`last_success_at` bigint,
	`last_error` longtext character set utf8mb4 collate utf8mb4_bin,
	`failures` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `mirrors_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `object_pools` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`storage_key` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `object_pools_id` PRIMARY KEY(`id`),
	CONSTRAINT `object_pools_storage_key` UNIQUE(`storage_key`)
);
--> statement-breakpoint
ALTER TABLE `repositories` ADD `parent_id` bigint;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `network_id` bigint;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `fork_count` bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `pool_id` bigint;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `is_template` boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `is_mirror` boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `signing_key_ids` ADD CONSTRAINT `signing_key_ids_signing_key_id_signing_keys_id_fk` FOREIGN KEY (`signing_key_id`) REFERENCES `signing_keys`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `commit_statuses` ADD CONSTRAINT `commit_statuses_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `commit_statuses` ADD CONSTRAINT `commit_statuses_creator_id_users_id_fk` FOREIGN KEY (`creator_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `deleted_branches` ADD CONSTRAINT `deleted_branches_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `deleted_branches` ADD CONSTRAINT `deleted_branches_deleted_by_users_id_fk` FOREIGN KEY (`deleted_by`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `lfs_locks` ADD CONSTRAINT `lfs_locks_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `lfs_locks` ADD CONSTRAINT `lfs_locks_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `lfs_objects` ADD CONSTRAINT `lfs_objects_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `release_assets` ADD CONSTRAINT `release_assets_release_id_releases_id_fk` FOREIGN KEY (`release_id`) REFERENCES `releases`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `release_assets` ADD CONSTRAINT `release_assets_uploader_id_users_id_fk` FOREIGN KEY (`uploader_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `releases` ADD CONSTRAINT `releases_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `releases` ADD CONSTRAINT `releases_author_id_users_id_fk` FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `symbol_indexes` ADD CONSTRAINT `symbol_indexes_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `symbols` ADD CONSTRAINT `symbols_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `uploads` ADD CONSTRAINT `uploads_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `uploads` ADD CONSTRAINT `uploads_release_id_releases_id_fk` FOREIGN KEY (`release_id`) REFERENCES `releases`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `uploads` ADD CONSTRAINT `uploads_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `viewed_files` ADD CONSTRAINT `viewed_files_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `viewed_files` ADD CONSTRAINT `viewed_files_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `imports` ADD CONSTRAINT `imports_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `imports` ADD CONSTRAINT `imports_requested_by_users_id_fk` FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `mirrors` ADD CONSTRAINT `mirrors_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `signing_key_ids_key` ON `signing_key_ids` (`signing_key_id`);
--> statement-breakpoint
CREATE INDEX `commit_statuses_commit` ON `commit_statuses` (`repository_id`,`commit_oid`,`id`);
--> statement-breakpoint
CREATE INDEX `deleted_branches_repository` ON `deleted_branches` (`repository_id`,`id`);
--> statement-breakpoint
CREATE INDEX `lfs_objects_oid` ON `lfs_objects` (`oid`);
--> statement-breakpoint
CREATE INDEX `releases_published` ON `releases` (`repository_id`,`is_draft`,`published_at`,`id`);
--> statement-breakpoint
CREATE INDEX `symbols_name` ON `symbols` (`repository_id`,`name`);
--> statement-breakpoint
CREATE INDEX `symbols_path` ON `symbols` (`repository_id`,`path_hash`);
--> statement-breakpoint
CREATE INDEX `uploads_updated` ON `uploads` (`updated_at`);
--> statement-breakpoint
CREATE INDEX `viewed_files_repository` ON `viewed_files` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `viewed_files_created` ON `viewed_files` (`created_at`);
--> statement-breakpoint
CREATE INDEX `mirrors_repository` ON `mirrors` (`repository_id`,`direction`);
--> statement-breakpoint
CREATE INDEX `mirrors_due` ON `mirrors` (`next_run_at`);
--> statement-breakpoint
ALTER TABLE `repositories` ADD CONSTRAINT `repositories_parent_id_repositories_id_fk` FOREIGN KEY (`parent_id`) REFERENCES `repositories`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repositories` ADD CONSTRAINT `repositories_pool_id_object_pools_id_fk` FOREIGN KEY (`pool_id`) REFERENCES `object_pools`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `repositories_parent` ON `repositories` (`parent_id`);
--> statement-breakpoint
CREATE INDEX `repositories_network` ON `repositories` (`network_id`);
--> statement-breakpoint
CREATE INDEX `repositories_pool` ON `repositories` (`pool_id`);
